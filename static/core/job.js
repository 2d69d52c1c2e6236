// Long work: the panel is fetched again every second until the work has ended. Two people see the same.

const PAUSE = 1000;
const PAUSE_AFTER_FAULT = 5000;

async function refresh() {
  const now = document.getElementById("job");
  if (now?.dataset.job !== "open") return;
  let pause = PAUSE;
  try {
    const answer = await fetch(location.href, {
      headers: { Accept: "text/html" },
      cache: "no-store",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(
      await answer.text(),
      "text/html",
    );
    const next = page.getElementById("job");
    if (!next) {
      // The work is over, and what stands at its address now is what came of it.
      location.reload();
      return;
    }
    if (
      next.outerHTML !== now.outerHTML &&
      !now.querySelector("form[data-sent]")
    ) {
      const focused = now.contains(document.activeElement);
      now.replaceWith(next);
      if (focused) next.querySelector("button, a")?.focus();
    }
  } catch {
    // The server may be restarting; the work goes on there and the panel keeps its last state.
    pause = PAUSE_AFTER_FAULT;
  }
  setTimeout(refresh, pause);
}

setTimeout(refresh, PAUSE);
