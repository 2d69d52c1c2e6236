// Copy buttons appear where the browser lets a page write to the clipboard.

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      const label = button.lastChild;
      const before = label.textContent;
      label.textContent = button.dataset.done;
      setTimeout(() => {
        label.textContent = before;
      }, 2000);
    });
  }
}
