// The plan of a hall at the desk: a rectangle drawn on it opens the form of a new stand with its place filled in, a stand
// that was dragged opens its own form with the new place. Nothing is saved before that form is sent.

import {
  draggable,
  edgesOf,
  filled,
  made,
  metres,
  pointAt,
  snap,
  snapMove,
  squareMetres,
} from "./plane.js";

const STEP = 50;
const SLIP_PX = 4;

function equip(area) {
  const svg = area.querySelector("svg.plan-drawing");
  const told = area.querySelector("[data-told]");
  const modes = [...area.querySelectorAll("[data-mode]")];
  const edges = edgesOf(svg.querySelectorAll("a > path, path.shape"));
  let mode = "";
  let dragged = false;

  function choose(wanted) {
    mode = wanted;
    for (const button of modes)
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    svg.classList.toggle("draws", mode === "draw");
    svg.classList.toggle("moves", mode === "move");
    told.value =
      modes.find((button) => button.dataset.mode === mode)?.dataset.told ?? "";
  }

  const size = (width, depth) =>
    filled(told.dataset.size, {
      w: metres(width),
      d: metres(depth),
      n: squareMetres(width * depth),
    });

  function drawn(event) {
    const from = pointAt(svg, event);
    const [left, top] = [0, 1].map((way) =>
      snap(from[way], STEP, edges[way], svg),
    );
    const rect = made(svg, "rect", { class: "plan-now-outline" });
    svg.append(rect);
    let box = null;
    return {
      move: (at) => {
        const to = pointAt(svg, at);
        const [x, y] = [0, 1].map((way) =>
          snap(to[way], STEP, edges[way], svg),
        );
        box = {
          x: Math.min(left, x),
          y: Math.min(top, y),
          width: Math.abs(x - left),
          height: Math.abs(y - top),
        };
        for (const [name, value] of Object.entries(box))
          rect.setAttribute(name, value);
        told.value = size(box.width, box.height);
      },
      cancel: () => rect.remove(),
      done: () => {
        if (!box?.width || !box.height) return rect.remove();
        const place = {
          x: box.x,
          y: box.y,
          width: box.width,
          depth: box.height,
        };
        go(area.dataset.new, place);
      },
    };
  }

  function moved(event, stand) {
    const from = pointAt(svg, event);
    const start = [event.clientX, event.clientY];
    const path = stand.querySelector("path");
    const box = path.getBBox();
    const at = [box.x, box.y];
    const sides = [box.width, box.height];
    let by = null;
    const back = () => {
      stand.removeAttribute("transform");
      stand.classList.remove("dragged");
    };
    return {
      move: (event_) => {
        const far = Math.hypot(
          event_.clientX - start[0],
          event_.clientY - start[1],
        );
        if (!by && far < SLIP_PX) return;
        const to = pointAt(svg, event_);
        by = [0, 1].map((way) =>
          snapMove(
            at[way],
            sides[way],
            to[way] - from[way],
            STEP,
            edges[way],
            svg,
          ),
        );
        stand.classList.add("dragged");
        stand.setAttribute("transform", `translate(${by.join(" ")})`);
        told.value = `${stand.id}: ${metres(at[0] + by[0])}, ${metres(at[1] + by[1])} m`;
      },
      cancel: back,
      done: () => {
        dragged = true;
        if (!by) return location.assign(stand.getAttribute("href"));
        if (!by[0] && !by[1]) return back();
        go(stand.getAttribute("href"), { dx: by[0], dy: by[1] });
      },
    };
  }

  function go(address, place) {
    const url = new URL(address, location.href);
    for (const [name, cm] of Object.entries(place))
      url.searchParams.set(name, metres(cm));
    location.assign(url);
  }

  for (const button of modes)
    button.addEventListener("click", () =>
      choose(mode === button.dataset.mode ? "" : button.dataset.mode),
    );
  draggable(svg, (event) => {
    if (mode === "draw") return drawn(event);
    const stand = mode === "move" ? event.target.closest("a") : null;
    return stand ? moved(event, stand) : null;
  });
  // A stand that was dragged is not opened as if it had been clicked, and none is while rectangles are drawn.
  svg.addEventListener(
    "click",
    (event) => {
      if (dragged || (mode === "draw" && event.detail)) event.preventDefault();
      dragged = false;
    },
    { capture: true },
  );
  svg.addEventListener("dragstart", (event) => {
    if (mode) event.preventDefault();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !mode) return;
      event.preventDefault();
      event.stopPropagation();
      choose("");
    },
    { capture: true },
  );
}

for (const area of document.querySelectorAll("[data-sketch]")) equip(area);
