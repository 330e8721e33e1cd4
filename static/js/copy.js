// Show the buttons that copy the text beside them. Without a script, or without https, one tap selects it.
for (const button of navigator.clipboard ? document.querySelectorAll("[data-copied]") : []) {
  const [text, answer] = [".whole", "[role=status]"].map((part) => button.parentElement.querySelector(part));
  button.hidden = false;
  button.addEventListener("click", () => {
    answer.textContent = "";
    navigator.clipboard.writeText(text.textContent).then(
      () => { answer.textContent = button.dataset.copied; },
      () => { getSelection().selectAllChildren(text); answer.textContent = button.dataset.selected; },
    );
  });
}
