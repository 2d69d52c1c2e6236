// A place in a form (x, y, width, depth, or corners) drawn beside it: dragged, pulled at its corners, moved by arrow keys.
// The fields are what is sent; this only fills them and shows what stands in them.

import {
  draggable,
  edgesOf,
  filled,
  made,
  metres,
  perPixel,
  pointAt,
  snap,
  snapMove,
  squareMetres,
  typedMetres,
} from "./plane.js";

const GRIP_PX = 11;
const KEYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
// Which sides a grip pulls: left, top, right, bottom.
const GRIPS = {
  nw: "lt",
  n: "t",
  ne: "rt",
  e: "r",
  se: "rb",
  s: "b",
  sw: "lb",
  w: "l",
};

function equip(area) {
  const svg = area.querySelector("svg.plan-drawing");
  const told = area.querySelector("[data-told]");
  const words = area.querySelector("[data-words]");
  const grid = area.querySelector("[data-grid]");
  const mode = area.querySelector("[data-mode]");
  const field = (name) => document.getElementById(name);
  const fields = ["x", "y", "width", "depth"].map(field);
  const corners = field("corners");
  const hall = field("hall");
  const own = svg.querySelector("a.found");
  const others = [...svg.querySelectorAll("a")].filter((one) => one !== own);
  const edges = edgesOf(svg.querySelectorAll("a > path, path.shape"));
  const [hallWidth, hallDepth] = [area.dataset.width, area.dataset.depth].map(
    (mm) => Number(mm) / 10,
  );
  const boxes = others.map((one) => ({
    number: one.id,
    box: one.querySelector("path").getBBox(),
  }));
  const layer = made(svg, "g", {
    class: "plan-now",
    tabindex: "0",
    role: "application",
    "aria-label": words.dataset.words,
  });
  const outline = made(svg, "path", { class: "plan-now-outline" });
  const grips = Object.entries(GRIPS).map(([name, sides]) =>
    made(svg, "rect", { class: `plan-grip ${name}`, "data-sides": sides }),
  );
  layer.append(outline, ...grips);
  svg.append(layer);
  svg.classList.add("drawing");
  own?.classList.add("before");
  words.hidden = false;

  const step = () => Number(grid.value) * 100;

  // What the fields say: the corners where there are some, else a rectangle; null where they say nothing yet.
  function ring() {
    if (corners?.value.trim()) {
      const points = corners.value
        .split(/[;；\n]/)
        .map((one) => one.trim())
        .filter(Boolean)
        .map((one) => one.split(/[,，\s]+/).map(typedMetres));
      const whole = points.every(
        (one) => one.length === 2 && one.every(Number.isFinite),
      );
      return whole && points.length > 2 ? points : null;
    }
    const [x, y, w, d] = fields.map((one) => typedMetres(one.value));
    if (![x, y, w, d].every(Number.isFinite) || w <= 0 || d <= 0) return null;
    return [
      [x, y],
      [x + w, y],
      [x + w, y + d],
      [x, y + d],
    ];
  }

  const isRectangle = () => !corners?.value.trim();

  function around(points) {
    const across = points.map(([x]) => x);
    const down = points.map(([, y]) => y);
    return {
      l: Math.min(...across),
      t: Math.min(...down),
      r: Math.max(...across),
      b: Math.max(...down),
    };
  }

  function fill(box) {
    const values = [box.l, box.t, box.r - box.l, box.b - box.t];
    fields.forEach((one, place) => {
      one.value = metres(values[place]);
    });
    if (corners) corners.value = "";
    show();
  }

  function shift(points, right, down) {
    if (isRectangle()) {
      const box = around(points);
      fill({
        l: box.l + right,
        t: box.t + down,
        r: box.r + right,
        b: box.b + down,
      });
      return;
    }
    corners.value = points
      .map(([x, y]) => `${metres(x + right)},${metres(y + down)}`)
      .join("; ");
    show();
  }

  function show() {
    const points = ring();
    layer.style.display = points ? "" : "none";
    if (!points) return;
    outline.setAttribute(
      "d",
      `M${points.map((one) => one.join(" ")).join("L")}z`,
    );
    const box = around(points);
    const size = GRIP_PX * perPixel(svg);
    for (const grip of grips) {
      const sides = grip.dataset.sides;
      const x = sides.includes("l")
        ? box.l
        : sides.includes("r")
          ? box.r
          : (box.l + box.r) / 2;
      const y = sides.includes("t")
        ? box.t
        : sides.includes("b")
          ? box.b
          : (box.t + box.b) / 2;
      grip.style.display = isRectangle() ? "" : "none";
      for (const [name, value] of Object.entries({
        x: x - size / 2,
        y: y - size / 2,
        width: size,
        height: size,
      }))
        grip.setAttribute(name, value);
    }
    say(points, box);
  }

  function say(points, box) {
    const area2 = points.reduce((sum, [x, y], place) => {
      const [nextX, nextY] = points[(place + 1) % points.length];
      return sum + x * nextY - nextX * y;
    }, 0);
    const cm2 = Math.abs(area2) / 2;
    const size = {
      w: metres(box.r - box.l),
      d: metres(box.b - box.t),
      n: squareMetres(cm2),
    };
    const parts = [
      filled(isRectangle() ? told.dataset.size : told.dataset.area, size),
    ];
    if (told.dataset.sum)
      parts.push(
        filled(told.dataset.sum, {
          n: squareMetres(Number(area.dataset.rest) + cm2),
        }),
      );
    const under = isRectangle()
      ? boxes.filter(
          ({ box: one }) =>
            Math.min(box.r, one.x + one.width) - Math.max(box.l, one.x) > 0.5 &&
            Math.min(box.b, one.y + one.height) - Math.max(box.t, one.y) > 0.5,
        )
      : [];
    const amiss = [];
    if (under.length)
      amiss.push(
        filled(told.dataset.over, {
          n: under
            .map((one) => one.number)
            .slice(0, 5)
            .join(", "),
        }),
      );
    if (box.l < 0 || box.t < 0 || box.r > hallWidth || box.b > hallDepth)
      amiss.push(told.dataset.out);
    told.value = [parts.join(" · "), ...amiss].join(" ");
    layer.classList.toggle("amiss", amiss.length > 0);
  }

  function pull(sides, box, event) {
    const [x, y] = pointAt(svg, event);
    const next = { ...box };
    if (sides.includes("l")) next.l = snap(x, step(), edges[0], svg);
    if (sides.includes("r")) next.r = snap(x, step(), edges[0], svg);
    if (sides.includes("t")) next.t = snap(y, step(), edges[1], svg);
    if (sides.includes("b")) next.b = snap(y, step(), edges[1], svg);
    const right = {
      l: Math.min(next.l, next.r),
      r: Math.max(next.l, next.r),
      t: Math.min(next.t, next.b),
      b: Math.max(next.t, next.b),
    };
    if (right.r > right.l && right.b > right.t) fill(right);
  }

  draggable(svg, (event) => {
    const points = ring();
    const kept = [...fields, corners].map((one) => one?.value);
    const cancel = () => {
      [...fields, corners].forEach((one, place) => {
        if (one) one.value = kept[place];
      });
      show();
    };
    const grip = event.target.closest(".plan-grip");
    if (grip && points) {
      const box = around(points);
      return { cancel, move: (at) => pull(grip.dataset.sides, box, at) };
    }
    const from = pointAt(svg, event);
    if (event.target.closest(".plan-now") && points) {
      const box = around(points);
      layer.focus({ preventScroll: true });
      return {
        cancel,
        move: (at) => {
          const [x, y] = pointAt(svg, at);
          shift(
            points,
            snapMove(box.l, box.r - box.l, x - from[0], step(), edges[0], svg),
            snapMove(box.t, box.b - box.t, y - from[1], step(), edges[1], svg),
          );
        },
      };
    }
    if (mode.getAttribute("aria-pressed") !== "true") return null;
    const start = {
      l: snap(from[0], step(), edges[0], svg),
      t: snap(from[1], step(), edges[1], svg),
    };
    return {
      cancel,
      move: (at) => pull("rb", { ...start, r: start.l, b: start.t }, at),
      done: () => {
        if (ring()) press(false);
        layer.focus({ preventScroll: true });
      },
    };
  });

  layer.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    const points = ring();
    if (!way || !points || event.ctrlKey || event.metaKey || event.altKey)
      return;
    event.preventDefault();
    event.stopPropagation();
    const [right, down] = way.map((one) => one * step());
    if (!event.shiftKey) return shift(points, right, down);
    const box = around(points);
    const next = { ...box, r: box.r + right, b: box.b + down };
    if (isRectangle() && next.r > next.l && next.b > next.t) fill(next);
  });

  function press(on) {
    mode.setAttribute("aria-pressed", String(on));
    svg.classList.toggle("draws", on);
  }

  mode.addEventListener("click", () =>
    press(mode.getAttribute("aria-pressed") !== "true"),
  );
  for (const one of [...fields, corners]) one?.addEventListener("input", show);
  hall?.addEventListener("change", () => {
    area.hidden = hall.value !== area.dataset.hall;
  });
  new ResizeObserver(show).observe(svg);
  press(!ring());
  show();
}

for (const area of document.querySelectorAll("[data-draw]")) equip(area);
