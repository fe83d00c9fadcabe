// The thread: which comments are on the page, in which order, and the element of each. A long thread is loaded in parts.

import { interpolate, showLocalTime } from "../live_page.js";
import { viewer } from "./api.js";
import { bodyOf, dataset, findComment, idOf, list, section, template } from "./dom.js";
import * as reactions from "./reactions.js";

const maxDepth = Number(dataset.maxDepth);
const more = section.querySelector(".more-comments");
const noComments = section.querySelector(".no-comments");

// `cursor` and `remaining`: where the part begins that is not loaded, and its size. `lastEvent`: the newest event that the
// last list included.
export const thread = {
  order: "oldest",
  cursor: more.dataset.cursor,
  remaining: Number(more.dataset.remaining),
  lastEvent: Number(dataset.lastEvent),
};
export const onRendered = []; // callbacks: (item, comment)

const COMPARE = {
  oldest: (one, other) => one.id - other.id,
  newest: (one, other) => other.id - one.id,
  best: (one, other) => other.score - one.score || one.id - other.id,
};
const compare = (one, other) => other.pinned - one.pinned || COMPARE[thread.order](one, other);
const sortKey = (item) => ({
  id: idOf(item),
  score: Number(item.dataset.score || 0),
  pinned: item.hasAttribute("data-pinned"),
});

const sources = new Map(); // Markdown by comment id

const repliesOf = (item) => [...item.children].find((child) => child.matches(".replies"));
export const sourceOf = (id) => sources.get(id);

function createElement() {
  const item = template("comment").firstElementChild.cloneNode(true);
  repliesOf(item)?.remove();
  return item;
}

function updateElement(item, comment, isNew) {
  const placeholder = item.querySelector(":scope > .comment-placeholder");
  const fresh = isNew ? item : template("comment").firstElementChild;
  if (comment.state === "removed") {
    bodyOf(item)?.remove();
    if (!placeholder) item.prepend(fresh.querySelector(".comment-placeholder").cloneNode(true));
    return;
  }
  placeholder?.remove();
  if (!bodyOf(item)) item.prepend(bodyOf(fresh).cloneNode(true));
  else if (!isNew) bodyOf(item).querySelector("header").replaceWith(fresh.querySelector("header").cloneNode(true));
  const body = bodyOf(item);
  const part = (name) => body.querySelector(`.comment-${name}`);
  sources.set(comment.id, comment.text);
  updateHeader(item, comment, part);
  const time = part("time");
  time.hash = item.id;
  time.firstElementChild.dateTime = new Date(comment.created_at).toISOString();
  showLocalTime(time.firstElementChild);
  if (!comment.edited_at) part("edited").remove();
  part("text").innerHTML = comment.html; // sanitized by the server
  const reply = part("reply");
  if (reply) reply.search = `?parent=${comment.id}`;
  markPending(item, comment.state === "pending");
  updateParentLink(item);
  reactions.update(item, comment.reactions);
}

function updateHeader(item, { author, pinned, featured, score }, part) {
  part("name").textContent = author.name;
  if (/^https?:/i.test(author.url || "")) {
    const link = document.createElement("a");
    Object.assign(link, { href: author.url, rel: "nofollow ugc noopener", textContent: author.name });
    part("name").replaceChildren(link);
  }
  if (author.avatar) part("avatar").src = author.avatar;
  else part("avatar").remove();
  const badges = { badge: author.is_author, pinned, featured };
  for (const [name, isShown] of Object.entries(badges)) if (!isShown) part(name).remove();
  item.classList.toggle("by-author", author.is_author);
  item.classList.toggle("is-featured", Boolean(featured));
  item.toggleAttribute("data-pinned", Boolean(pinned));
  item.dataset.score = score || 0;
}

function markPending(item, isPending) {
  const body = bodyOf(item);
  item.classList.toggle("is-pending", isPending);
  body.querySelector(".comment-pending")?.remove();
  if (!isPending) return;
  const note = document.createElement("p");
  Object.assign(note, { className: "comment-pending", textContent: dataset.pending });
  body.querySelector(".comment-text").after(note);
}

// Replies below the greatest depth stand beside their parent, and name it.
function updateParentLink(item) {
  const link = bodyOf(item).querySelector(".comment-parent");
  const parent = findComment(item.dataset.parent);
  if (!parent || repliesOf(parent) === item.parentElement) {
    link.remove();
    return;
  }
  link.hash = parent.id;
  link.querySelector("bdi").textContent = bodyOf(parent)?.querySelector(".comment-name").textContent.trim() || "";
}

function depthOf(item) {
  let depth = 0;
  for (let at = item; at && at !== section; at = at.parentElement) if (at.matches(".comment")) depth += 1;
  return depth;
}

// The ids of an item's ancestors in the same list, and its own, for depth-first order.
function pathIn(container, item) {
  const path = [idOf(item)];
  for (let parent = findComment(item.dataset.parent); parent?.parentElement === container; ) {
    path.unshift(idOf(parent));
    parent = findComment(parent.dataset.parent);
  }
  return path;
}

function comesBefore(item, other, container) {
  if (container === list) return compare(sortKey(item), sortKey(other)) < 0;
  const [one, two] = [pathIn(container, item), pathIn(container, other)];
  const i = one.findIndex((id, at) => id !== two[at]);
  return i < 0 || (i < two.length && one[i] < two[i]);
}

function insertInOrder(item) {
  const parent = findComment(item.dataset.parent);
  let container = list;
  if (parent) {
    container = depthOf(parent) < maxDepth ? repliesOf(parent) : parent.parentElement;
    if (!container) {
      container = Object.assign(document.createElement("ol"), { className: "replies" });
      parent.append(container);
    }
  }
  let next = null;
  for (let at = container.lastElementChild; at && comesBefore(item, at, container); at = at.previousElementSibling)
    next = at;
  container.insertBefore(item, next);
}

// Whether a comment belongs to the part that is not loaded.
export function isOutsideLoadedPart(comment) {
  if (!thread.remaining) return false;
  if (comment.parent) return !findComment(comment.parent);
  const last = list.lastElementChild;
  const key = { id: comment.id, score: comment.score || 0, pinned: Boolean(comment.pinned) };
  return !last || compare(key, sortKey(last)) > 0;
}

const hasReplies = (id, item) =>
  Boolean(item?.querySelector(".comment") || section.querySelector(`.comment[data-parent="${id}"]`));

// Returns whether the comment is new on the page. If the server listed it, it stays as a placeholder even without replies.
export function renderComment(comment, isListed = false) {
  let item = findComment(comment.id);
  const isNew = !item;
  if (comment.state === "removed" && !isListed && !hasReplies(comment.id, item)) {
    if (item) removeComment(item);
    return false;
  }
  if (isNew) {
    item = createElement();
    item.id = `comment-${comment.id}`;
    item.classList.toggle("is-loaded", isListed);
    item.dataset.parent = comment.parent || "";
    item.dataset.score = comment.score || 0;
    item.toggleAttribute("data-pinned", Boolean(comment.pinned));
    insertInOrder(item);
  }
  updateElement(item, comment, isNew);
  noComments.hidden = true;
  for (const callback of onRendered) callback(item, comment);
  return isNew;
}

// Removes placeholders above it that have no other replies, too.
function removeComment(item) {
  const container = item.parentElement;
  const parent = findComment(item.dataset.parent);
  item.remove();
  if (container !== list && !container.children.length) container.remove();
  if (parent?.querySelector(":scope > .comment-placeholder") && !hasReplies(idOf(parent), parent))
    removeComment(parent);
  noComments.hidden = Boolean(list.children.length);
}

export function renderPending() {
  for (const comment of viewer.pending) if (!isOutsideLoadedPart(comment) || !comment.parent) renderComment(comment);
}

export function setCommentCount(n) {
  section.querySelector(".comment-count").textContent = n;
}

export function setRemaining(remaining, cursor = thread.cursor) {
  Object.assign(thread, { remaining, cursor });
  more.hidden = !remaining;
  more.firstElementChild.textContent = interpolate(remaining === 1 ? dataset.moreOne : dataset.more, { n: remaining });
}

// Adds a page of comments from the server.
export function addPage(page) {
  for (const comment of page.comments) renderComment(comment, true);
  thread.lastEvent = page.n;
  setRemaining(page.rest, page.next);
  setCommentCount(page.count);
  renderPending();
}

// Removes comments that the page does not have.
export function replacePage(page) {
  const ids = new Set([...page.comments, ...viewer.pending].map(({ id }) => id));
  for (const item of [...list.querySelectorAll(".comment")].reverse()) if (!ids.has(idOf(item))) item.remove();
  for (const replies of list.querySelectorAll(".replies")) if (!replies.children.length) replies.remove();
  addPage(page);
  for (const { id } of page.comments) if (findComment(id)?.parentElement === list) list.append(findComment(id));
  noComments.hidden = Boolean(list.children.length);
}
