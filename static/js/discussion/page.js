// The discussion in the page, the words it came with, and what all its parts need.

// Not by ids alone: a heading of the post may have the same.
export const box = document.querySelector(".discussion[data-post]");
export const words = box.dataset;
export const list = box.querySelector(".comments");
export const address = `/api/posts/${encodeURIComponent(words.slug)}/`;
export const language = document.documentElement.lang || undefined;

export const find = (id) => id && list.querySelector(`#comment-${Number(id)}`);
export const idOf = (item) => Number(item.id.slice(8));
export const saidOf = (item) => item?.querySelector(":scope > .comment-said");
export const pattern = (name) => box.querySelector(`.${name}-template`)?.content;
export const tell = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

let timer = 0;

// A few words at the window's edge, for eyes and for screen readers.
export function notice(text) {
  const line = box.querySelector(".discussion-notice");
  line.textContent = text;
  line.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => (line.hidden = true), 6000);
}

export function goTo(item, block = "nearest") {
  item.tabIndex = -1;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block, behavior: "instant" }); // what moves the page meanwhile would end a smooth one half-way
}
