// A drawing saved as SVG becomes a PNG picture before it is sent. Drawn as a picture, an SVG runs no script and fetches
// nothing, and what arrives at the server is pixels only. Where that goes wrong the file is sent as it is, and refused.

const SIDE = 4_000;
const MOST_BYTES = 20 * 1024 * 1024;
const isSvg = (file) =>
  file.type === "image/svg+xml" || /\.svg$/i.test(file.name);

// The drawing with a size in pixels, which it may leave out or give in millimetres.
function sized(text) {
  const found = new DOMParser().parseFromString(text, "image/svg+xml");
  const root = found.documentElement;
  if (root.localName !== "svg" || found.querySelector("parsererror"))
    throw new Error("no SVG");
  const box = root.viewBox.baseVal;
  const [width, height] = root.hasAttribute("viewBox")
    ? [box.width, box.height]
    : [root.width.baseVal.value, root.height.baseVal.value];
  if (!(width > 0 && height > 0)) throw new Error("no size");
  if (!root.hasAttribute("viewBox"))
    root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const scale = SIDE / Math.max(width, height);
  const pixels = [width, height].map((one) =>
    Math.max(1, Math.round(one * scale)),
  );
  root.setAttribute("width", pixels[0]);
  root.setAttribute("height", pixels[1]);
  return [new XMLSerializer().serializeToString(found), ...pixels];
}

async function drawn(file) {
  const [text, width, height] = sized(await file.text());
  const address = URL.createObjectURL(
    new Blob([text], { type: "image/svg+xml" }),
  );
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [width, height];
    const pen = sheet.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    pen.drawImage(picture, 0, 0, width, height);
    return await new Promise((done) => sheet.toBlob(done, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

for (const input of document.querySelectorAll("input[type=file][data-svg]")) {
  const buttons = input.form.querySelectorAll("button[type=submit]");
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file || !isSvg(file) || file.size > MOST_BYTES) return;
    for (const button of buttons) button.disabled = true;
    try {
      const content = await drawn(file);
      if (content && input.files[0] === file) {
        const files = new DataTransfer();
        const name = `${file.name.replace(/\.svg$/i, "")}.png`;
        files.items.add(new File([content], name, { type: "image/png" }));
        input.files = files.files;
      }
    } catch {
      // The server says that it is no picture.
    }
    for (const button of buttons) button.disabled = false;
  });
}
