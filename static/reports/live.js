// The live board looks again every two seconds; when the server is silent it says from when the shown figures are.

const PAUSE = 2000;
const place = document.getElementById("live");
const stale = document.getElementById("live-stale");
let tag = "";
let shownAt = new Date();

async function look() {
  if (document.visibilityState === "visible") {
    try {
      const headers = tag ? { "If-None-Match": tag } : {};
      const answer = await fetch(place.dataset.url, {
        headers,
        cache: "no-store",
        signal: AbortSignal.timeout(8000),
      });
      if (answer.status === 200 && !answer.redirected) {
        tag = answer.headers.get("ETag") ?? "";
        place.innerHTML = await answer.text();
      } else if (answer.status !== 304) {
        throw new Error(String(answer.status));
      }
      shownAt = new Date();
      stale.textContent = "";
    } catch {
      stale.textContent = stale.dataset.words.replace(
        "{time}",
        shownAt.toLocaleTimeString(),
      );
    }
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
