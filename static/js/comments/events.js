// Applies live events in the order of their numbers, once per animation frame, and announces new comments.

import { interpolate, keepScrollPosition, NewItemsButton } from "../live_page.js";
import { dataset, findComment, section } from "./dom.js";
import * as reactions from "./reactions.js";
import { isOutsideLoadedPart, onRendered, renderComment, setCommentCount, setRemaining, thread } from "./thread.js";

export const events = { last: thread.lastEvent };

// Own comments are not announced, nor the text that is being sent.
export const ownComments = { ids: new Set(), sending: null };

export const unread = new NewItemsButton(section.querySelector(".new-items-button"), dataset.newCount);
const headerOf = (id) => findComment(id)?.querySelector(".comment-body > header");

// Async callbacks: missed events cannot be sent again, so what they changed is fetched.
export const onReset = [];

const HISTORY_SIZE = 200;
const history = [];
let queue = [];

export function applyEvent(frame) {
  if (frame.n <= events.last) return;
  events.last = frame.n;
  queue.push(frame);
  history.push(frame);
  if (history.length > HISTORY_SIZE) history.shift();
  if (queue.length === 1) (document.hidden ? setTimeout : requestAnimationFrame)(flush);
}

function flush() {
  const frames = queue;
  queue = [];
  if (!frames.length) return;
  const announced = new Map();
  keepScrollPosition(() => {
    for (const frame of frames) {
      const comment = handle(frame);
      if (comment) announced.set(comment.id, comment);
      if (frame.data.comment?.state === "removed") announced.delete(frame.data.comment.id);
      if (frame.data.n_comments !== undefined) setCommentCount(frame.data.n_comments);
    }
  });
  for (const id of announced.keys()) if (ownComments.ids.has(id)) announced.delete(id);
  if (announced.size) announce([...announced.values()]);
}

// Returns the comment if it is to be announced.
function handle(frame) {
  const { n, type, data } = frame;
  const { comment } = data;
  // activities.js shows the change itself, and cancels this.
  const isUnhandled = section.dispatchEvent(new CustomEvent("live-event", { detail: frame, cancelable: true }));
  const isUpdated = type === "post.updated" || (type === "live.changed" && !document.querySelector(".live-entries"));
  // A translation shares the comments of its original, but not its text.
  const isOfThisPage = String(data.post ?? dataset.postId) === dataset.pageId;
  if (isUpdated && isUnhandled && isOfThisPage) section.querySelector(".post-updated").hidden = false;
  if (type === "reactions.changed") reactions.setCounts(comment || 0, data.reactions, n);
  if (!comment?.state) return null;
  const isPublished = comment.state === "visible" && (type === "comment.posted" || type === "comment.approved");
  const item = findComment(comment.id);
  if (comment.state === "removed") {
    if (item?.matches(".is-pending")) return null; // removed for others; its writer still sees it
    unread.remove(comment.id);
  }
  if (!item) {
    if (!isPublished) return null;
    if (isOutsideLoadedPart(comment)) {
      if (n > thread.lastEvent) setRemaining(thread.remaining + 1);
      return isOwn(comment) ? null : comment;
    }
  }
  return renderComment(comment) && isPublished && !isOwn(comment) ? comment : null;
}

const isOwn = ({ id, text }) =>
  ownComments.ids.has(id) || (ownComments.sending !== null && ownComments.sending === text);

export function resetEvents(n) {
  events.last = Math.min(events.last, n);
  queue = [];
  history.length = 0;
}

// Applies again what a list does not include.
export function replayEvents(since) {
  for (const frame of history) if (frame.n > since) handle(frame);
}

function announce(comments) {
  for (const { id } of comments) {
    findComment(id)?.classList.add("is-new");
    unread.add(id, headerOf(id));
  }
  const [first, ...others] = comments;
  section.querySelector(".new-comments-status").textContent = others.length
    ? interpolate(dataset.newCount, { n: comments.length })
    : interpolate(dataset.newComment, { name: first.author.name });
}

// A comment that was counted may be on the page now.
onRendered.push((_item, { id }) => {
  if (unread.unseen.has(id)) unread.add(id, headerOf(id));
});
