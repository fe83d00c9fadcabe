// Marks the parts of a topic that were read in this browser, with a number and a progress bar.

const KEY = "read-parts";

function readParts() {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY)) || []);
  } catch {
    return new Set(); // storage is disabled, or has other content
  }
}

function remember(path) {
  const parts = readParts().add(path);
  try {
    localStorage.setItem(KEY, JSON.stringify([...parts].slice(-1000)));
  } catch {
    // Storage is disabled or full.
  }
}

// A part is read when its end was on the screen.
export function watch(series, end) {
  show(series);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    remember(location.pathname);
    show(series);
  }).observe(end);
}

export function show(series) {
  const parts = readParts();
  const items = [...series.querySelectorAll("li")];
  const isRead = (item) =>
    parts.has(item.querySelector("a") ? new URL(item.querySelector("a").href).pathname : location.pathname);
  for (const item of items) item.classList.toggle("is-read", isRead(item));
  const n = items.filter(isRead).length;
  const progress = document.querySelector(".series-progress");
  progress.hidden = !n;
  progress.querySelector("progress").value = n;
  progress.querySelector("span").textContent = progress.dataset.text.replace("{n}", n);
}
