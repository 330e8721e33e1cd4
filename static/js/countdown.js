// Keep "in 2 days" true while the page is open. Without this script it stays as it was sent.
(() => {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang);
  const shown = [...document.querySelectorAll("[data-countdown]")];
  const show = () => {
    for (const element of shown) {
      const seconds = (Date.parse(element.dataset.countdown) - Date.now()) / 1000;
      const [unit, length] = units.find(([, each]) => seconds >= 2 * each) ?? units[3];
      element.textContent = seconds > 0 ? words.format(Math.floor(seconds / length), unit) : "";
    }
  };
  if (shown.length) {
    show();
    setInterval(show, 1000);
  }
})();
