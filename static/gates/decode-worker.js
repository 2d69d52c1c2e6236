// Reads one QR code from one picture, away from the page's own thread.

import { prepareZXingModule, readBarcodes } from "../vendor/zxing-wasm/reader/index.js";

prepareZXingModule({
  overrides: { locateFile: () => new URL("../vendor/zxing-wasm/reader/zxing_reader.wasm", import.meta.url).href },
});

const OPTIONS = {
  formats: ["QRCode"],
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
  maxNumberOfSymbols: 1,
};

self.addEventListener("message", async (event) => {
  const found = await readBarcodes(event.data, OPTIONS);
  self.postMessage(found.find((code) => code.isValid)?.text ?? null);
});
