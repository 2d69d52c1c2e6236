/* Narrows the categories while a word is typed; without script the button beside the field does it. */

const field = document.querySelector(".category-search input");
const tree = document.querySelector(".category-tree");

if (field && tree) {
  const button = field.parentElement.querySelector("button");
  const nothing = document.querySelector("[data-none]");
  const groups = [...tree.querySelectorAll("details")];
  const open = new Map(groups.map((group) => [group, group.open]));
  button.hidden = true;

  const narrow = () => {
    const word = field.value.trim().toLowerCase();
    let found = 0;
    for (const line of tree.querySelectorAll("[data-words]")) {
      const ticked = line.querySelector("input").checked;
      const fits = line.dataset.words.includes(word);
      line.hidden = word !== "" && !fits && !ticked;
      found += word !== "" && fits ? 1 : 0;
    }
    for (const group of groups) {
      const shown = group.querySelector("[data-words]:not([hidden])");
      group.hidden = !shown;
      group.open = word === "" ? open.get(group) : Boolean(shown);
    }
    nothing.hidden = word === "" || found > 0;
  };

  field.addEventListener("input", (event) => {
    if (!event.isComposing) {
      narrow();
    }
  });
  field.addEventListener("compositionend", narrow);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
    }
  });
}
