// Pairing: the one-time link becomes the device's own token, which stays on this phone and in no address.

import { signal, wakeSound } from "./light.js";
import { openStore } from "./store.js";

const page = document.getElementById("pairing");
const config = JSON.parse(page.dataset.config);
const words = config.words;
const part = (name) => page.querySelector(`[data-part="${name}"]`);

part("try-sound").addEventListener("click", () => {
  wakeSound();
  signal("admit");
});

part("try-camera").addEventListener("click", async () => {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment" },
    });
    stream.getTracks().forEach((track) => track.stop());
    part("camera-state").textContent = words.camera_works;
  } catch (error) {
    part("camera-state").textContent =
      error.name === "NotAllowedError" ? words.camera_refused : words.no_camera;
  }
});

if (!window.isSecureContext) {
  part("insecure").hidden = false;
  part("try-camera").disabled = true;
}

part("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = part("start");
  button.disabled = true;
  const form = new FormData(event.target);
  form.set("sent_at_ms", Date.now());
  const answer = await fetch(event.target.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: form,
  }).catch(() => null);
  if (!answer?.ok) {
    button.disabled = false;
    part("said").textContent =
      answer?.status === 404 ? words.link_used : words.no_answer;
    return;
  }
  const paired = await answer.json();
  const store = await openStore(config.store);
  await store.set("token", paired.token);
  location.replace(config.scanner_url);
});
