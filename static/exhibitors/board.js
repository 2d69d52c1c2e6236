// Drags a card of the board into another stage by sending the card's own form; the menu in it does the same.

const board = document.querySelector("[data-board]");
let dragged = null;

const columnOf = (target) =>
  target instanceof Element ? target.closest("[data-stage]") : null;

board?.addEventListener("dragstart", (event) => {
  dragged =
    event.target instanceof Element
      ? event.target.closest("[data-card]")
      : null;
  dragged?.setAttribute("data-dragged", "");
});

board?.addEventListener("dragend", () => {
  dragged?.removeAttribute("data-dragged");
  dragged = null;
});

board?.addEventListener("dragover", (event) => {
  const column = dragged && columnOf(event.target);
  for (const each of board.querySelectorAll("[data-over]"))
    if (each !== column) each.removeAttribute("data-over");
  if (!column) return;
  event.preventDefault();
  column.setAttribute("data-over", "");
});

board?.addEventListener("drop", (event) => {
  const column = dragged && columnOf(event.target);
  if (!column) return;
  event.preventDefault();
  column.removeAttribute("data-over");
  const form = dragged.querySelector("form");
  if (!form || column.contains(dragged)) return;
  form.elements.stage.value = column.dataset.stage;
  form.requestSubmit();
});
