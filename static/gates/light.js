// The answer as a person at a gate takes it in: one colour, one word, one sound, one shake.

const SHAPES = { admit: "✓", check: "!", refuse: "✗" };
const SHOWN = { admit: 1300, check: 2600, refuse: 3200 };
const TONES = {
  admit: [[880, 0.12]],
  check: [
    [520, 0.12],
    [520, 0.12],
  ],
  refuse: [[220, 0.45]],
};
const SHAKES = { admit: [60], check: [80, 60, 80], refuse: [400] };

let audio = null;

// Browsers give sound only after a touch: call this from one.
export function wakeSound() {
  audio ??= new AudioContext();
  audio.resume();
}

export function signal(colour) {
  navigator.vibrate?.(SHAKES[colour]);
  if (!audio) return;
  let at = audio.currentTime;
  for (const [pitch, length] of TONES[colour]) {
    const tone = audio.createOscillator();
    tone.frequency.value = pitch;
    tone.connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
    at += length + 0.07;
  }
}

export function showLight(panel, light) {
  panel.dataset.colour = light.colour;
  panel.querySelector("[data-shape]").textContent = SHAPES[light.colour];
  for (const part of [
    "word",
    "people",
    "name",
    "company",
    "badgeclass",
    "number",
  ]) {
    const place = panel.querySelector(`[data-${part}]`);
    place.textContent = light[part] ?? "";
    place.hidden = !light[part];
  }
  const lines = light.reason.map((sentence) => {
    const line = document.createElement("span");
    line.textContent = sentence;
    return line;
  });
  panel.querySelector("[data-reason]").replaceChildren(...lines);
  panel.hidden = false;
  signal(light.colour);
  clearTimeout(panel.closing);
  panel.closing = setTimeout(() => (panel.hidden = true), SHOWN[light.colour]);
}
