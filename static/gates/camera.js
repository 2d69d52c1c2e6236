// The camera and what reads codes from it: the browser's own detector where it reads QR, else WebAssembly in a worker.

const SIDE = 560;
const EVERY = 70;

// Calls `onCode` with each code that the camera sees, several times a second while it sees it; `onFault` once when nothing
// reads codes any more.
export async function startCamera(video, decoderUrl, { onCode, onFault }) {
  const state = { facing: "environment", stream: null, running: true };
  const read = (await nativeReader()) ?? workerReader(decoderUrl, stop);

  function stop() {
    state.running = false;
    onFault();
  }

  async function open() {
    state.stream?.getTracks().forEach((track) => track.stop());
    state.stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: {
        facingMode: state.facing,
        width: { ideal: 1280 },
        height: { ideal: 720 },
      },
    });
    video.srcObject = state.stream;
    await video.play();
  }

  await open();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d", { willReadFrequently: true });

  async function look() {
    if (!state.running) return;
    if (document.visibilityState === "visible" && video.readyState >= 2) {
      const side = Math.min(video.videoWidth, video.videoHeight);
      const left = (video.videoWidth - side) / 2;
      const top = (video.videoHeight - side) / 2;
      pen.drawImage(video, left, top, side, side, 0, 0, SIDE, SIDE);
      const code = await read(canvas, pen);
      if (code) onCode(code);
    }
    setTimeout(look, EVERY);
  }
  look();

  return {
    flip() {
      state.facing = state.facing === "environment" ? "user" : "environment";
      return open();
    },
    hasTorch: () =>
      Boolean(state.stream.getVideoTracks()[0].getCapabilities?.().torch),
    torch: (on) =>
      state.stream
        .getVideoTracks()[0]
        .applyConstraints({ advanced: [{ torch: on }] }),
  };
}

async function nativeReader() {
  if (!("BarcodeDetector" in window)) return null;
  const formats = await window.BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return null;
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? null;
}

function workerReader(url, onFault) {
  const worker = new Worker(url, { type: "module" });
  let answered = () => {};
  worker.addEventListener("message", (event) => answered(event.data));
  worker.addEventListener("error", onFault);
  return (canvas, pen) =>
    new Promise((resolve) => {
      answered = resolve;
      const picture = pen.getImageData(0, 0, canvas.width, canvas.height);
      worker.postMessage(picture, [picture.data.buffer]);
    });
}
