// What happened, in the order of its numbers, a window's frame at a time.

import { box, find } from "./page.js";
import * as news from "./news.js";
import * as reactions from "./reactions.js";
import { keepingPlace } from "./sight.js";
import { count, isBeyond, setRest, show, thread } from "./thread.js";

export const events = { last: thread.n };

// One's own comments are no news: those answered for, and the one whose answer is still awaited.
export const own = { ids: new Set(), sending: null };

// What else may happen to what is discussed; the page's own scripts may know better what to do.
export const handlers = { "post.updated": () => (box.querySelector(".post-updated").hidden = false) };

const KEPT = 200;
const recent = [];
let waiting = [];

export function apply(frame) {
  if (frame.n <= events.last) return;
  events.last = frame.n;
  waiting.push(frame);
  recent.push(frame);
  if (recent.length > KEPT) recent.shift();
  if (waiting.length === 1) (document.hidden ? setTimeout : requestAnimationFrame)(flush);
}

function flush() {
  const frames = waiting;
  waiting = [];
  if (!frames.length) return;
  const fresh = new Map();
  keepingPlace(() => {
    for (const frame of frames) {
      const comment = change(frame);
      if (comment) fresh.set(comment.id, comment);
      if (frame.data.comment?.state === "removed") fresh.delete(frame.data.comment.id);
      if (frame.data.n_comments !== undefined) count(frame.data.n_comments);
    }
  });
  for (const id of fresh.keys()) if (own.ids.has(id)) fresh.delete(id);
  if (fresh.size) news.arrived([...fresh.values()]);
}

// Returns the comment that is news.
function change(frame) {
  const { n, type, data } = frame;
  const { comment } = data;
  handlers[type]?.(frame);
  if (type === "reactions.changed") reactions.learn(comment || 0, data.reactions, n);
  if (!comment?.state) return null;
  const comes = comment.state === "visible" && (type === "comment.posted" || type === "comment.approved");
  const item = find(comment.id);
  if (comment.state === "removed" && item?.matches(".is-held")) return null; // to others it is gone; not to its writer
  if (!item) {
    if (!comes) return comment.state === "removed" ? void news.gone(comment.id) : null;
    if (isBeyond(comment)) {
      if (n > thread.n) setRest(thread.rest + 1);
      return isOwn(comment) ? null : comment;
    }
  }
  if (comment.state === "removed") news.gone(comment.id);
  return show(comment) && comes && !isOwn(comment) ? comment : null;
}

const isOwn = (comment) => own.ids.has(comment.id) || (own.sending !== null && own.sending === comment.text);

// The numbers begin anew, or what they told is not known any more.
export function rewind(n) {
  events.last = Math.min(events.last, n);
  waiting = [];
  recent.length = 0;
}

// Say again what a list that was asked for earlier does not know yet.
export function replay(since) {
  for (const frame of recent) if (frame.n > since) change(frame);
}
