// What is being read stays where it is, whatever comes or goes above it.

const READ = "main :is(.prose > *, .comment-said, .comment-form, h1, h2)";
const LINES = [0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];

export function isInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

// A look at a few points of the window costs the same, however long the discussion is.
function anchor() {
  const writing = document.activeElement?.closest(".comment-form");
  if (writing && isInSight(writing)) return writing;
  for (const line of LINES) {
    const found = document.elementFromPoint(innerWidth / 2, innerHeight * line)?.closest(READ);
    if (found) return found;
  }
  return null;
}

export function keepingPlace(change) {
  const sight = anchor();
  const before = sight?.getBoundingClientRect().top;
  change();
  const moved = sight?.isConnected ? sight.getBoundingClientRect().top - before : 0;
  if (moved) scrollBy({ top: moved, behavior: "instant" });
}
