// The comments section of a page, and how its parts are found.

// Not by id alone: a heading of the post may have the same.
export const section = document.querySelector(".comments-section[data-post-id]");
export const { dataset } = section; // settings and translated strings
export const list = section.querySelector(".comments");
export const postApi = `/api/posts/${encodeURIComponent(dataset.postSlug)}/`;

export const findComment = (id) => (id ? list.querySelector(`#comment-${Number(id)}`) : null);
export const idOf = (item) => Number(item.id.slice("comment-".length));
export const bodyOf = (item) => item?.querySelector(":scope > .comment-body");
export const template = (name) => section.querySelector(`.${name}-template`)?.content;

let toastTimer = 0;

export function showToast(text) {
  const toast = section.querySelector(".toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => {
    toast.hidden = true;
  }, 6000);
}

export function focusComment(item, block = "nearest") {
  item.tabIndex = -1;
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block, behavior: "instant" }); // changes to the page interrupt a smooth one
}
