// Ask whether to show times in the zone of this browser. The server leaves the form out once somebody has answered.
(() => {
  const form = document.getElementById("zone-proposal");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Browsers that hide where they are say UTC, or a number.
  if (!form || !zone?.includes("/") || zone.startsWith("Etc/")) return;
  form.querySelector("[data-zone-name]").textContent = zone;
  for (const way of form.querySelectorAll("[data-zone]")) {
    if (way.href) {
      way.href += `?zone=${encodeURIComponent(zone)}`;
    } else {
      way.value = zone;
    }
  }
  form.hidden = false;
})();
