// The plan moved and enlarged: buttons, pinch, Ctrl and wheel; and the table of stands narrowed while typing.

const STEPS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4];
const LEGIBLE = 24;
const STAND_CM = 300;

function equip(plan) {
  const box = plan.querySelector(".plan-box");
  const svg = plan.querySelector("svg");
  const tools = plan.querySelector(".plan-tools");
  const width = Number(svg.getAttribute("width"));
  const height = Number(svg.getAttribute("height"));
  const units = svg.viewBox.baseVal.width;
  let zoom = 1;

  function show(wanted, x = box.clientWidth / 2, y = box.clientHeight / 2) {
    const next = Math.min(Math.max(wanted, 0.08), 6);
    const left = (box.scrollLeft + x) / zoom;
    const top = (box.scrollTop + y) / zoom;
    zoom = next;
    svg.setAttribute("width", Math.round(width * zoom));
    svg.setAttribute("height", Math.round(height * zoom));
    svg.classList.toggle("far", (STAND_CM * width * zoom) / units < LEGIBLE);
    box.scrollLeft = left * zoom - x;
    box.scrollTop = top * zoom - y;
  }

  function step(way) {
    const near =
      way > 0
        ? STEPS.find((size) => size > zoom * 1.01)
        : STEPS.findLast((size) => size < zoom * 0.99);
    if (near) show(near);
  }

  function whole() {
    show(Math.min((box.clientWidth - 4) / width, 1.4));
  }

  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (kind === "in") step(1);
    else if (kind === "out") step(-1);
    else if (kind === "all") whole();
  });
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "+" || event.key === "=") step(1);
    else if (event.key === "-") step(-1);
    else if (event.key === "0") whole();
    else return;
    event.preventDefault();
  });
  box.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const place = box.getBoundingClientRect();
      show(
        zoom * (event.deltaY < 0 ? 1.15 : 0.87),
        event.clientX - place.left,
        event.clientY - place.top,
      );
    },
    { passive: false },
  );
  pinch(box, () => zoom, show);

  function reveal(found) {
    for (const other of svg.querySelectorAll("a.found"))
      other.classList.remove("found");
    found.classList.add("found");
    const place = found.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    box.scrollLeft += place.left - frame.left - box.clientWidth / 2;
    box.scrollTop += place.top - frame.top - box.clientHeight / 2;
  }

  function linked() {
    const name = decodeURIComponent(location.hash.slice(1));
    const found = name ? document.getElementById(name) : null;
    return found && svg.contains(found) ? found : null;
  }

  const found = svg.querySelector("a.found") || linked();
  if (found) reveal(found);
  else if (width > box.clientWidth) whole();
  window.addEventListener("hashchange", () => {
    const stand = linked();
    if (!stand) return;
    if (svg.classList.contains("far")) show(1);
    reveal(stand);
  });
}

function pinch(box, zoom, show) {
  let start = null;
  const apart = (touches) =>
    Math.hypot(
      touches[0].clientX - touches[1].clientX,
      touches[0].clientY - touches[1].clientY,
    );
  box.addEventListener("touchstart", (event) => {
    if (event.touches.length === 2)
      start = { apart: apart(event.touches), zoom: zoom() };
  });
  box.addEventListener(
    "touchmove",
    (event) => {
      if (!start || event.touches.length !== 2) return;
      event.preventDefault();
      const place = box.getBoundingClientRect();
      const [one, two] = event.touches;
      show(
        (start.zoom * apart(event.touches)) / start.apart,
        (one.clientX + two.clientX) / 2 - place.left,
        (one.clientY + two.clientY) / 2 - place.top,
      );
    },
    { passive: false },
  );
  box.addEventListener("touchend", () => {
    start = null;
  });
}

function narrow(field) {
  const rows = [...document.querySelectorAll("[data-plan-rows] tr")].map(
    (row) => ({ row, text: row.textContent.toLowerCase() }),
  );
  const stands = [...document.querySelectorAll(".plan-drawing a")];
  let waiting = 0;
  function apply() {
    const words = field.value.normalize("NFKC").trim().toLowerCase();
    for (const { row, text } of rows)
      row.hidden = words !== "" && !text.includes(words);
    for (const stand of stands) {
      const told = stand.getAttribute("aria-label").toLowerCase();
      stand.classList.toggle("dim", words !== "" && !told.includes(words));
    }
  }
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 60);
  });
}

for (const plan of document.querySelectorAll("[data-plan]")) equip(plan);
for (const field of document.querySelectorAll("[data-plan-filter]"))
  narrow(field);
