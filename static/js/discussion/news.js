// What came while one reads elsewhere: told once to screen readers, and counted on a button that leads there.

import { box, find, goTo, tell, words } from "./page.js";

const pill = box.querySelector(".news-pill");
const unseen = new Set();
const eyes = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const id = Number(target.dataset.id);
    if (isIntersecting) {
      unseen.delete(id);
      eyes.unobserve(target);
    } else unseen.add(id);
  }
  draw();
});

let open = null;
export const openBy = (how) => (open = how);

function draw() {
  pill.hidden = !unseen.size;
  if (unseen.size) pill.textContent = tell(words.pill, { n: unseen.size });
}

function watch(id) {
  const line = find(id)?.querySelector(".comment-said > header");
  if (!line) return unseen.add(id);
  line.dataset.id = id;
  return eyes.observe(line);
}

export function arrived(comments) {
  for (const { id } of comments) {
    find(id)?.classList.add("is-new");
    watch(id);
  }
  draw();
  const [first, ...others] = comments;
  box.querySelector(".comment-news").textContent = others.length
    ? tell(words.pill, { n: comments.length })
    : tell(words.new, { name: first.author.name });
}

export function shown(item, { id }) {
  if (unseen.has(id)) watch(id);
}

export function gone(id) {
  if (unseen.delete(id)) draw();
}

// The first of them as the page reads; those on the page before those that are not.
pill.addEventListener("click", () => {
  const items = [...unseen].map(find).filter(Boolean);
  items.sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : -1));
  if (items.length) goTo(items[0], "center");
  else open?.(Math.min(...unseen));
});
