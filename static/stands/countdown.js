// Says how long a hold still lasts, by what the server said was left when it made the page: the phone's own clock may be
// wrong.

function say(place) {
  const left = Math.floor(
    Number(place.dataset.left) - performance.now() / 1000,
  );
  if (left <= 0) {
    place.textContent = place.dataset.over;
    return false;
  }
  const hours = Math.floor(left / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const words = hours ? place.dataset.hours : place.dataset.minutes;
  place.textContent = words
    .replace("{h}", hours)
    .replace("{m}", minutes)
    .replace("{s}", left % 60);
  return true;
}

for (const place of document.querySelectorAll("[data-left]")) {
  if (!say(place)) continue;
  const clock = setInterval(() => {
    if (!say(place)) clearInterval(clock);
  }, 1000);
}
