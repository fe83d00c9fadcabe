// The thread: which comments are on the page, and where each stands. A long one is there in part.

import { answersOf, blank, fill } from "./comment.js";
import { box, find, idOf, list, tell, words } from "./page.js";
import { me } from "./server.js";

const maxDepth = Number(words.maxDepth);
const more = box.querySelector(".more-comments");

// `n`: the event up to which the server's last list knew everything.
export const thread = { order: "oldest", next: more.dataset.next, rest: Number(more.dataset.rest), n: Number(words.lastEvent) };
export const whenShown = [];

const RANKS = {
  oldest: (one, other) => one.id - other.id,
  newest: (one, other) => other.id - one.id,
  best: (one, other) => other.score - one.score || one.id - other.id,
};
const rankOf = (item) => ({ id: idOf(item), score: Number(item.dataset.score || 0), pinned: item.hasAttribute("data-pinned") });
const compare = (one, other) => other.pinned - one.pinned || RANKS[thread.order](one, other);

function depthOf(item) {
  let depth = 0;
  for (; item && item !== box; item = item.parentElement) if (item.matches(".comment")) depth += 1;
  return depth;
}

// What stands in one list and answers one another is read depth first.
function wayTo(item, into) {
  const way = [idOf(item)];
  for (let up = find(item.dataset.parent); up?.parentElement === into; up = find(up.dataset.parent)) way.unshift(idOf(up));
  return way;
}

function comesBefore(item, other, into) {
  if (into === list) return compare(rankOf(item), rankOf(other)) < 0;
  const [one, two] = [wayTo(item, into), wayTo(other, into)];
  const i = one.findIndex((id, at) => id !== two[at]);
  return i < 0 || (i < two.length && one[i] < two[i]);
}

function place(item) {
  const parent = find(item.dataset.parent);
  let into = list;
  if (parent) {
    into = depthOf(parent) < maxDepth ? answersOf(parent) : parent.parentElement;
    if (!into) parent.append((into = Object.assign(document.createElement("ol"), { className: "answers" })));
  }
  let next = null;
  for (let at = into.lastElementChild; at && comesBefore(item, at, into); at = at.previousElementSibling) next = at;
  into.insertBefore(item, next);
}

// Whether its place is in the part that is not on the page yet.
export function isBeyond(comment) {
  if (!thread.rest) return false;
  if (comment.parent) return !find(comment.parent);
  const last = list.lastElementChild;
  return !last || compare({ id: comment.id, score: comment.score || 0, pinned: Boolean(comment.pinned) }, rankOf(last)) > 0;
}

const hasAnswers = (id, item) => Boolean(item?.querySelector(".comment") || box.querySelector(`.comment[data-parent="${id}"]`));

// Show a comment as it is now; true when it was not there before. `stays`: the server lists it, so answers hang on it.
export function show(comment, stays = false) {
  let item = find(comment.id);
  const isNew = !item;
  if (comment.state === "removed" && !stays && !hasAnswers(comment.id, item)) {
    if (item) take(item);
    return false;
  }
  if (isNew) {
    item = blank();
    item.id = `comment-${comment.id}`;
    item.classList.toggle("is-more", stays);
    item.dataset.parent = comment.parent || "";
    item.dataset.score = comment.score || 0;
    item.toggleAttribute("data-pinned", Boolean(comment.pinned));
    place(item);
  }
  fill(item, comment, isNew);
  box.querySelector(".no-comments").hidden = true;
  for (const look of whenShown) look(item, comment);
  return isNew;
}

// Take a comment away, and with it the place-holders that only stood for its sake.
export function take(item) {
  const into = item.parentElement;
  const parent = find(item.dataset.parent);
  item.remove();
  if (into !== list && !into.children.length) into.remove();
  if (parent?.querySelector(":scope > .comment-gone") && !hasAnswers(idOf(parent), parent)) take(parent);
  box.querySelector(".no-comments").hidden = Boolean(list.children.length);
}

// One's own that wait for approval stand where they will stand.
export function showHeld() {
  for (const comment of me.held) if (!isBeyond(comment) || !comment.parent) show(comment);
}

export function count(n) {
  box.querySelector(".comment-count").textContent = n;
}

export function setRest(rest, next = thread.next) {
  Object.assign(thread, { rest, next });
  more.hidden = !rest;
  more.firstElementChild.textContent = tell(rest === 1 ? words.moreOne : words.more, { n: rest });
}

// What the server listed, added to what is there.
export function add(page) {
  for (const comment of page.comments) show(comment, true);
  thread.n = page.n;
  setRest(page.rest, page.next);
  count(page.count);
  showHeld();
}

// What the server listed, and nothing else.
export function replace(page) {
  const ids = new Set([...page.comments, ...me.held].map((comment) => comment.id));
  for (const item of [...list.querySelectorAll(".comment")].reverse()) if (!ids.has(idOf(item))) item.remove();
  for (const answers of list.querySelectorAll(".answers")) if (!answers.children.length) answers.remove();
  add(page);
  for (const { id } of page.comments) if (find(id)?.parentElement === list) list.append(find(id));
  box.querySelector(".no-comments").hidden = Boolean(list.children.length);
}
