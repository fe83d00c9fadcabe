// The block of the latest comments: from a page of its own, so that a comment does not change every page.
const box = document.querySelector(".block-comments[data-url]");

async function load() {
  const response = await fetch(box.dataset.url).catch(() => null);
  if (!response?.ok) return; // the link to the page stays
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const list = page.querySelector(".latest-comments");
  if (list) box.replaceChildren(document.adoptNode(list));
}

// When it comes into view: at the foot of a long page few look at it.
new IntersectionObserver((entries, observer) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  observer.disconnect();
  load();
}).observe(box);
