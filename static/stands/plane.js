// The floor as a plane of centimetres, which are the units of the drawing: where the pointer is, what it snaps to.

const REACH_PX = 7;

export const metres = (cm) => String(Math.round(cm * 10) / 1000);

export function typedMetres(text) {
  const found = text
    .normalize("NFKC")
    .trim()
    .replace(",", ".")
    .match(/^-?\d+(\.\d+)?$/);
  return found ? Number(found[0]) * 100 : NaN;
}

export function pointAt(svg, event) {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(
    svg.getScreenCTM().inverse(),
  );
  return [place.x, place.y];
}

// How many centimetres of the hall a pixel of the screen is.
export const perPixel = (svg) =>
  svg.viewBox.baseVal.width / (svg.getBoundingClientRect().width || 1);

// The sides of what lies there: a new side that comes near to one is laid along it, whatever the grid says.
export function edgesOf(paths) {
  const across = new Set();
  const down = new Set();
  for (const path of paths) {
    const box = path.getBBox();
    across.add(box.x).add(box.x + box.width);
    down.add(box.y).add(box.y + box.height);
  }
  return [[...across], [...down]];
}

export function snap(value, step, edges, svg) {
  const reach = REACH_PX * perPixel(svg);
  let best = Math.round(value / step) * step;
  let off = Infinity;
  for (const edge of edges) {
    const away = Math.abs(edge - value);
    if (away < off && away <= reach) [best, off] = [edge, away];
  }
  return Math.round(best * 10) / 10;
}

// How far a thing goes so that its nearer side lies on the grid or along a neighbour.
export function snapMove(from, size, by, step, edges, svg) {
  const first = snap(from + by, step, edges, svg) - from;
  const last = snap(from + size + by, step, edges, svg) - from - size;
  return Math.abs(last - by) < Math.abs(first - by) ? last : first;
}

export function draggable(svg, begin) {
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    const deed = begin(event);
    if (!deed) return;
    event.preventDefault();
    svg.setPointerCapture(event.pointerId);
    const end = new AbortController();
    const { signal } = end;
    svg.addEventListener("pointermove", (moved) => deed.move(moved), {
      signal,
    });
    for (const over of ["pointerup", "pointercancel"])
      svg.addEventListener(
        over,
        (last) => {
          end.abort();
          if (over === "pointerup") deed.done?.(last);
          else deed.cancel?.();
        },
        { signal },
      );
    document.addEventListener(
      "keydown",
      (key) => {
        if (key.key !== "Escape") return;
        key.preventDefault();
        key.stopImmediatePropagation();
        end.abort();
        deed.cancel?.();
      },
      { signal, capture: true },
    );
  });
}

export function made(svg, name, attributes) {
  const node = document.createElementNS(svg.namespaceURI, name);
  for (const [key, value] of Object.entries(attributes))
    node.setAttribute(key, value);
  return node;
}

export const filled = (words, values) =>
  words.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);

const lang = document.documentElement.lang || "zh-CN";
export const squareMetres = (cm2) =>
  new Intl.NumberFormat(lang, { maximumFractionDigits: 2 }).format(
    Math.round(cm2 / 100) / 100,
  );
