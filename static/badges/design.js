// The design of a badge class: the picture follows what is chosen, before anything is saved.

const picture = document.querySelector("[data-preview]");
const form = document.querySelector("#main");
const show = form?.querySelector("[data-show]");

if (picture && form) {
  show?.setAttribute("hidden", "");
  let waiting = 0;
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const words = new URLSearchParams();
      for (const [name, value] of new FormData(form))
        if (["sheet", "band", "fields"].includes(name))
          words.append(name, value);
      // With no field at all there is nothing to show: saving says why.
      if (words.has("fields"))
        picture.src = `${picture.dataset.preview}?${words}`;
    }, 150);
  });
}
