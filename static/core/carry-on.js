// Signed in again: goes on to the page with what was typed, but not for who came here by "back".

const [visit] = performance.getEntriesByType("navigation");
if (visit?.type !== "back_forward")
  document.getElementById("main").requestSubmit();
