// Reads one QR code from one picture, away from the page's own thread. Served by the scanner's view, which lets it run
// WebAssembly; so what it imports is named from the root.

import {
  prepareZXingModule,
  readBarcodes,
} from "/static/vendor/zxing-wasm/reader/index.js";

prepareZXingModule({
  overrides: {
    locateFile: () => "/static/vendor/zxing-wasm/reader/zxing_reader.wasm",
  },
});

const OPTIONS = {
  formats: ["QRCode"],
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
  maxNumberOfSymbols: 1,
};

// So that the page learns of it: what fails inside a promise would end in silence.
self.addEventListener("unhandledrejection", (event) => {
  throw event.reason;
});

self.addEventListener("message", async (event) => {
  const found = await readBarcodes(event.data, OPTIONS);
  self.postMessage(found.find((code) => code.isValid)?.text ?? null);
});
