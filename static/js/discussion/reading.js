// Which part of a long thread is read, and in which order: more of it, another order, one comment by its address.
// Fetched for who reads on.

import { events, replay } from "./events.js";
import * as kept from "./kept.js";
import { address, box, find, goTo, list, notice, words } from "./page.js";
import { ask, reason } from "./server.js";
import { keepingPlace } from "./sight.js";
import { add, replace, thread } from "./thread.js";

const AT_ONCE = 100;
const MOST_AT_ONCE = 500;
const more = box.querySelector(".more-comments a");
const choice = box.querySelector(".comment-order");

const read = (query) => ask(`${address}comments/?${new URLSearchParams({ order: thread.order, ...query })}`);

// As much as is there already, from the beginning.
export async function readAnew() {
  const there = list.querySelectorAll(".comment").length;
  const page = await read({});
  while (page.next && page.comments.length < there) {
    const limit = Math.min(there - page.comments.length, MOST_AT_ONCE);
    const { comments, next, rest } = await read({ limit, cursor: page.next });
    page.comments.push(...comments);
    Object.assign(page, { next, rest });
  }
  draw(page, replace);
  events.last = Math.max(events.last, page.n);
}

function draw(page, how) {
  keepingPlace(() => {
    how(page);
    replay(page.n);
  });
}

export async function readMore() {
  if (more.ariaBusy === "true") return;
  more.ariaBusy = "true";
  try {
    const page = await read({ limit: AT_ONCE, cursor: thread.next });
    draw(page, add);
    const first = page.comments.find(({ id }) => find(id));
    if (first) goTo(find(first.id));
  } catch (error) {
    notice(reason(error));
  } finally {
    more.ariaBusy = "false";
  }
}

// Where the address names a comment: go there, reading up to it where it is not on the page.
export async function open(id) {
  if (!find(id)) {
    try {
      const page = await read({ around: id, limit: AT_ONCE });
      draw(page, page.skipped ? replace : add);
      box.querySelector(".skipped-comments").hidden = !page.skipped;
    } catch (error) {
      notice(reason(error));
      return;
    }
  }
  const item = find(id);
  if (!item) {
    notice(words.gone);
    return;
  }
  list.querySelector(".is-marked")?.classList.remove("is-marked");
  item.classList.add("is-marked");
  goTo(item, "start");
}

export function followAddress() {
  const id = /^#comment-(\d+)$/.exec(location.hash)?.[1];
  if (id) open(id);
}

export async function reorder(order) {
  const before = thread.order;
  thread.order = order;
  try {
    await readAnew();
    kept.set("order", order === "oldest" ? "" : order);
  } catch (error) {
    thread.order = choice.value = before;
    notice(reason(error));
  }
}

export async function readFromBeginning() {
  await reorder(thread.order);
  box.querySelector(".skipped-comments").hidden = true;
}

// What was chosen the last time, and what the address names.
export async function start() {
  const order = kept.get("order");
  if (order && [...choice.options].some(({ value }) => value === order)) {
    choice.value = order;
    await reorder(order);
  }
  followAddress();
}
