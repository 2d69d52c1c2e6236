// Counts what people see, and draws the fascia as rules/fascia.py does: without this the page says the same after saving.
const parts = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const UNSEEN =
  /[\u00ad\u180e\u200b\u200c\u2060-\u2064\ufeff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function seen(text) {
  const clean = text.normalize("NFC").replace(UNSEEN, "");
  return [...parts.segment(clean)]
    .map((part) => part.segment)
    .filter((one) => !["\r\n", "\n", "\r", "\u200d"].includes(one));
}

function count(field) {
  const length = seen(field.value.trim()).length;
  let line = document.getElementById(`${field.id}-count`);
  if (!line) {
    line = document.createElement("div");
    line.id = `${field.id}-count`;
    line.className = "soft small-text digits";
    field.after(line);
  }
  line.textContent = `${length} / ${field.dataset.limit}`;
  line.classList.toggle("field-error", length > Number(field.dataset.limit));
}

function draw(panel, fields) {
  const texts = fields.map((field) => field.value.trim()).filter(Boolean);
  const [width, height, letter, margin] = [
    "width",
    "height",
    "letter",
    "margin",
  ].map((key) => Number(panel.dataset[key]));
  const lines = texts.map((text, place) => {
    const ems = seen(text).reduce(
      (sum, one) => sum + (WIDE.test(one) ? 1 : 0.58),
      0,
    );
    const most = texts.length === 1 ? letter : Math.trunc(letter * 0.6);
    const room = Math.max(1, width - 2 * margin);
    const size = ems ? Math.min(most, Math.trunc(room / ems)) : most;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "text");
    const middle = (height * (place * 2 + 1)) / (texts.length * 2);
    const facts = { x: width / 2, y: middle + size * 0.36, "font-size": size };
    Object.entries({
      ...facts,
      textLength: Math.round(ems * size),
      lengthAdjust: "spacingAndGlyphs",
    }).forEach(([name, value]) => line.setAttribute(name, String(value)));
    line.textContent = text;
    return line;
  });
  panel.replaceChildren(...lines);
}

document.querySelectorAll("[data-limit]").forEach((field) => {
  field.addEventListener("input", () => count(field));
  count(field);
});
const panel = document.querySelector("[data-fascia]");
const lines = [...document.querySelectorAll("[data-line]")];
if (panel)
  lines.forEach((field) =>
    field.addEventListener("input", () => draw(panel, lines)),
  );
