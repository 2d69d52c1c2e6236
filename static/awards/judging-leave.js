// Leaving a device that others use too: what waits is handed in first, then everything of this juror is removed here.

import { book, flush, note, say } from "./judging-sync.js";
import { forgetPages } from "./judging-pages.js";

const form = document.getElementById("main");

function warn(word) {
  note.textContent = note.dataset[word];
  note.hidden = false;
}

async function reaches() {
  try {
    return (await fetch(location.pathname, { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

let isReady = false;
form.addEventListener("submit", async (event) => {
  if (isReady) return;
  event.preventDefault();
  await flush();
  if (!(await reaches())) {
    warn("offline");
    return;
  }
  book.forgetAll();
  await forgetPages().catch(() => undefined);
  isReady = true;
  form.requestSubmit();
});

flush().then(() => {
  if (book.things().length) warn("unsent");
  else say("saved");
  document.body.dataset.ready = "y";
});
