// The plan moved and enlarged: buttons, pinch, Ctrl and wheel; and the list beside it: tabs on a phone, a stand of the one
// shown in the other, both narrowed while typing.

const STEPS = [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4];
const LEGIBLE = 24;
const STAND_CM = 300;
// As plan.css limits the box.
const HIGH = 0.74;
const LARGEST = 2;

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

  // The hall as wide as the box; a small one is enlarged as far as it is seen whole.
  function whole() {
    const wide = (box.clientWidth - 4) / width;
    const high = (window.innerHeight * HIGH) / height;
    show(Math.min(wide, Math.max(1, Math.min(high, LARGEST))));
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
    look(found);
  }

  function look(found) {
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

  function begin() {
    const found = svg.querySelector("a.found");
    const meant = linked();
    if (found) look(found);
    else if (meant) reveal(meant);
    else whole();
  }

  // On a phone the plan may lie behind a tab: it has no size before that is opened.
  if (box.clientWidth) begin();
  else
    new ResizeObserver((_seen, watch) => {
      if (!box.clientWidth) return;
      watch.disconnect();
      begin();
    }).observe(box);
  svg.addEventListener("look", (event) => {
    if (svg.classList.contains("far")) show(1);
    look(event.detail);
  });
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

const rowsOf = () => [...document.querySelectorAll("[data-plan-rows] tr")];
const numberOf = (row) => row.querySelector("a").textContent.trim();

function narrow(field) {
  const rows = rowsOf().map((row) => ({
    row,
    number: numberOf(row),
    text: row.textContent.toLowerCase(),
  }));
  const svg = document.querySelector("svg.plan-drawing");
  const stands = [...svg.querySelectorAll("a")].map((stand) => ({
    stand,
    told: stand.getAttribute("aria-label").toLowerCase(),
  }));
  const typed = () => field.value.normalize("NFKC").trim().toLowerCase();
  let waiting = 0;
  let asking = null;

  // `also` are the stands that the server knows under these words: a brand, a product, pinyin.
  function apply(also = new Set()) {
    const words = typed();
    const fits = (text, number) =>
      words === "" || text.includes(words) || also.has(number);
    for (const { row, number, text } of rows) row.hidden = !fits(text, number);
    let first = null;
    for (const { stand, told } of stands) {
      const here = fits(told, stand.id);
      stand.classList.toggle("fits", words !== "" && here);
      if (here) first ??= stand;
    }
    if (words && first)
      svg.dispatchEvent(new CustomEvent("look", { detail: first }));
  }

  async function ask() {
    asking?.abort();
    if (!field.dataset.found || !typed()) return;
    asking = new AbortController();
    try {
      // Posted, so that what people look for stands in no address and no log.
      const answer = await fetch(field.dataset.found, {
        method: "POST",
        body: new FormData(field.form),
        signal: asking.signal,
      });
      if (answer.ok) apply(new Set(await answer.json()));
    } catch {
      // Typed on, or no network: what stands on the page was searched all the same.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      apply();
      ask();
    }, 60);
  });
}

function tabs(list) {
  const area = document.querySelector(".plan-and-list");
  const links = [...list.querySelectorAll("a")];
  function open(view) {
    area.dataset.view = view;
    for (const link of links)
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
  }
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || isAside(event)) return;
    event.preventDefault();
    open(link.dataset.view);
    history.replaceState(null, "", link.href);
  });
  return open;
}

const isAside = (event) =>
  event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

// A stand of the list is shown on the plan, and one of the plan in the list, without loading the page anew.
function together(area, open) {
  const svg = area.querySelector("svg.plan-drawing");
  const sheet = document.querySelector("[data-plan-sheet]");
  const notice = document.querySelector("template[data-plan-notice]");
  const rows = new Map(rowsOf().map((row) => [numberOf(row), row]));

  function say(number, row) {
    const line = notice.content.firstElementChild.cloneNode(true);
    const strong = document.createElement("strong");
    strong.textContent = number;
    const parts = [strong];
    for (const cell of row.querySelectorAll("[data-told]")) {
      if (!cell.textContent.trim()) continue;
      parts.push(" · ");
      for (const one of cell.childNodes)
        if (one.nodeName === "SMALL") parts.push(" · ", one.textContent);
        else parts.push(one.cloneNode(true));
    }
    line.querySelector("p").replaceChildren(...parts);
    sheet.replaceChildren(line);
  }

  area.addEventListener("click", (event) => {
    const link = event.target.closest('a[href*="?stand="]');
    if (!link || isAside(event)) return;
    const address = link.getAttribute("href");
    const number = decodeURIComponent(address.split("?stand=")[1]);
    const stand = svg.querySelector(`a[id="${CSS.escape(number)}"]`);
    const row = rows.get(number);
    const isOfPlan = svg.contains(link);
    // What is not on this page is on the one that the link leads to.
    if (!stand || (isOfPlan && !row)) return;
    event.preventDefault();
    for (const other of area.querySelectorAll("a.found, tr.is-found"))
      other.classList.remove("found", "is-found");
    for (const other of svg.querySelectorAll("[aria-current]"))
      other.removeAttribute("aria-current");
    stand.classList.add("found");
    stand.setAttribute("aria-current", "true");
    (row ?? link.closest("tr"))?.classList.add("is-found");
    if (row) {
      history.replaceState(null, "", address);
      say(number, row);
    }
    if (isOfPlan) row.scrollIntoView({ block: "nearest" });
    else {
      open("plan");
      svg.dispatchEvent(new CustomEvent("look", { detail: stand }));
    }
  });
}

for (const plan of document.querySelectorAll("[data-plan]")) equip(plan);
for (const field of document.querySelectorAll("[data-plan-filter]"))
  narrow(field);
for (const list of document.querySelectorAll("[data-plan-tabs]")) {
  const open = tabs(list);
  const area = document.querySelector(".plan-and-list");
  if (area.querySelector('.list-side a[href*="?stand="]')) together(area, open);
}
