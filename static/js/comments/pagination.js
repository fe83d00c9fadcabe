// Loads more comments, another order, or the comment that the URL names. Fetched when one of them is asked for.

import { keepScrollPosition } from "../live_page.js";
import { errorMessage, request } from "./api.js";
import { dataset, findComment, focusComment, list, postApi, section, showToast } from "./dom.js";
import { getItem, setItem } from "./draft_storage.js";
import { events, replayEvents } from "./events.js";
import { addPage, replacePage, thread } from "./thread.js";

const PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 500; // the API's limit
const moreLink = section.querySelector(".more-comments a");
const orderSelect = section.querySelector(".comment-order");
const skipped = section.querySelector(".skipped-comments");

const fetchComments = (query) =>
  request(`${postApi}comments/?${new URLSearchParams({ order: thread.order, ...query })}`);

function render(page, how) {
  keepScrollPosition(() => {
    how(page);
    replayEvents(page.n);
  });
}

// Loads the thread again from its beginning, as many comments as are on the page.
export async function reload() {
  const n = list.querySelectorAll(".comment").length;
  const page = await fetchComments({});
  while (page.next && page.comments.length < n) {
    const limit = Math.min(n - page.comments.length, MAX_PAGE_SIZE);
    const { comments, next, rest } = await fetchComments({ limit, cursor: page.next });
    page.comments.push(...comments);
    Object.assign(page, { next, rest });
  }
  render(page, replacePage);
  events.last = Math.max(events.last, page.n);
}

export async function loadMore() {
  if (moreLink.ariaBusy === "true") return;
  moreLink.ariaBusy = "true";
  try {
    const page = await fetchComments({ limit: PAGE_SIZE, cursor: thread.cursor });
    render(page, addPage);
    const first = page.comments.find(({ id }) => findComment(id));
    if (first) focusComment(findComment(first.id));
  } catch (error) {
    showToast(errorMessage(error));
  } finally {
    moreLink.ariaBusy = "false";
  }
}

// Scrolls to a comment, and loads the thread up to it where it is not on the page.
export async function openComment(id) {
  if (!findComment(id)) {
    try {
      const page = await fetchComments({ around: id, limit: PAGE_SIZE });
      render(page, page.skipped ? replacePage : addPage);
      skipped.hidden = !page.skipped;
    } catch (error) {
      showToast(errorMessage(error));
      return;
    }
  }
  const item = findComment(id);
  if (!item) {
    showToast(dataset.notFound);
    return;
  }
  list.querySelector(".is-target")?.classList.remove("is-target");
  item.classList.add("is-target");
  focusComment(item, "start");
}

export function openTarget() {
  const id = /^#comment-(\d+)$/.exec(location.hash)?.[1];
  if (id) openComment(id);
}

export async function setOrder(order) {
  const previous = thread.order;
  thread.order = order;
  try {
    await reload();
    setItem("order", order === "oldest" ? "" : order);
  } catch (error) {
    thread.order = orderSelect.value = previous;
    showToast(errorMessage(error));
  }
}

export async function loadFromBeginning() {
  await setOrder(thread.order);
  skipped.hidden = true;
}

// Applies the order that was chosen on an earlier visit, then opens the comment that the URL names.
export async function start() {
  const order = getItem("order");
  if (order && [...orderSelect.options].some(({ value }) => value === order)) {
    orderSelect.value = order;
    await setOrder(order);
  }
  openTarget();
}
