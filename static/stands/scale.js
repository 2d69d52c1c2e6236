// Two clicks in the picture fill the two points of its scale.

const area = document.querySelector("[data-scale]");
const svg = area.querySelector("svg");
const marks = area.querySelector("[data-marks]");
const points = [];

function mark() {
  marks.replaceChildren(
    ...points.map(([x, y]) => {
      const ring = document.createElementNS(svg.namespaceURI, "circle");
      ring.setAttribute("cx", x);
      ring.setAttribute("cy", y);
      ring.setAttribute("r", svg.viewBox.baseVal.width / 100);
      ring.setAttribute("fill", "none");
      ring.setAttribute("stroke", "#b1006b");
      ring.setAttribute("stroke-width", svg.viewBox.baseVal.width / 400);
      return ring;
    }),
  );
}

svg.addEventListener("click", (event) => {
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(
    svg.getScreenCTM().inverse(),
  );
  if (points.length === 2) points.length = 0;
  points.push([Math.round(place.x), Math.round(place.y)]);
  const [x, y] = points.length === 1 ? ["ax", "ay"] : ["bx", "by"];
  document.getElementById(x).value = points.at(-1)[0];
  document.getElementById(y).value = points.at(-1)[1];
  mark();
});
