// Live comments. Without this script the page shows all comments, and they are written on a form page (docs/live.md).

import { keepScrollPosition, showLocalTime } from "../live_page.js";
import { followEvents } from "../websocket_client.js";
import { loadViewer, onViewerLoaded, viewer } from "./api.js";
import * as commentForm from "./comment_form.js";
import { bodyOf, dataset, focusComment, idOf, list, postApi, section } from "./dom.js";
import { getItem } from "./draft_storage.js";
import { applyEvent, events, onReset, resetEvents, unread } from "./events.js";
import { renderPending } from "./thread.js";

const pagination = () => import("./pagination.js");
const presence = section.querySelector(".presence") && import("./presence.js");

onViewerLoaded.push(() => keepScrollPosition(renderPending));
onViewerLoaded.push(async () => {
  if (Object.keys(viewer.editable).length) (await import("./edit_comment.js")).updateAllButtons();
  if (viewer.edit_url) (await import("./edit_comment.js")).addEditPostLink();
});
list.querySelectorAll("time").forEach(showLocalTime);
keepScrollPosition(commentForm.start);

section.addEventListener("click", async ({ target }) => {
  const item = target.closest(".comment");
  const button = target.closest(".comment-quote, .comment-copy-link, .comment-report");
  if (!item || !button) return;
  const text = bodyOf(item).querySelector(".comment-text");
  const selection = getSelection();
  const isInText = text.contains(selection.anchorNode) && text.contains(selection.focusNode);
  const selected = isInText ? selection.toString().trim() : "";
  const { copyLink, quote, report } = await import("./comment_actions.js");
  if (button.matches(".comment-quote")) quote(item, selected);
  else if (button.matches(".comment-report")) report(item);
  else copyLink(item);
});

followEvents({
  element: section,
  socketPath: () => `/ws/posts/${dataset.postId}/?since=${events.last}${dataset.eventKey ? `&key=${dataset.eventKey}` : ""}`,
  eventsPath: () => `${postApi}events/?since=${events.last}`,
  onEvent: applyEvent,
  onReset: async (n) => {
    resetEvents(n);
    await Promise.all([(await pagination()).reload(), ...onReset.map((callback) => callback())]);
  },
  onPresence: async (data) => (await presence)?.showPresence(data),
});

unread.button.addEventListener("click", async () => {
  const first = [...list.querySelectorAll(".comment")].find((item) => unread.unseen.has(idOf(item)));
  if (first) focusComment(first, "center");
  else (await pagination()).openComment(Math.min(...unread.unseen));
});
addEventListener("hashchange", async () => (await pagination()).openTarget());
section
  .querySelector(".comment-order")
  .addEventListener("change", async ({ target }) => (await pagination()).setOrder(target.value));
section
  .querySelector(".skipped-comments")
  .addEventListener("click", async () => (await pagination()).loadFromBeginning());
section.querySelector(".more-comments").addEventListener("click", async (event) => {
  if (!event.target.closest("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (await pagination()).loadMore();
});
if (getItem("order") || location.hash.startsWith("#comment-")) pagination().then(({ start }) => start());
loadViewer().catch(() => {}); // without an answer the reader comments as a guest
