// The discussion, alive. The page reads whole and takes comments without it (docs/live.md).

import { tellTime } from "./comment.js";
import { apply, events, rewind } from "./events.js";
import * as kept from "./kept.js";
import * as news from "./news.js";
import { address, box, list, saidOf, words } from "./page.js";
import { ask, me, meet, whenMet } from "./server.js";
import { keepingPlace } from "./sight.js";
import { showHeld, whenShown } from "./thread.js";
import { listen } from "./wire.js";
import * as writing from "./writing.js";

whenShown.push(news.shown);
whenMet.push(() => keepingPlace(showHeld));
whenMet.push(async () => {
  if (Object.keys(me.editable).length) (await import("./changing.js")).offerAll();
});
list.querySelectorAll("time").forEach(tellTime);
keepingPlace(writing.start);
box.addEventListener("click", async ({ target }) => {
  const item = target.closest(".comment");
  const body = item && saidOf(item)?.querySelector(".comment-text");
  const chosen = getSelection();
  const isInIt = body?.contains(chosen.anchorNode) && body.contains(chosen.focusNode);
  const words = isInIt ? chosen.toString().trim() : "";
  if (target.closest(".comment-quote")) (await import("./deeds.js")).quote(item, words);
  if (target.closest(".comment-copy")) (await import("./deeds.js")).copy(item);
  if (target.closest(".comment-report")) (await import("./deeds.js")).report(item);
});

const reading = () => import("./reading.js");
listen({
  box,
  ask,
  apply,
  socket: () => `/ws/posts/${words.post}/?since=${events.last}`,
  asked: () => `${address}events/?since=${events.last}`,
  startAnew: async (n) => {
    rewind(n);
    await (await reading()).readAnew();
  },
});
news.openBy(async (id) => (await reading()).open(id));
addEventListener("hashchange", async () => (await reading()).followAddress());
box.querySelector(".comment-order").addEventListener("change", async ({ target }) => (await reading()).reorder(target.value));
box.querySelector(".skipped-comments").addEventListener("click", async () => (await reading()).readFromBeginning());
box.querySelector(".more-comments").addEventListener("click", async (event) => {
  if (!event.target.closest("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  (await reading()).readMore();
});
if (kept.get("order") || location.hash.startsWith("#comment-")) reading().then(({ start }) => start());

if (box.querySelector(".presence")) import("./presence.js");
meet().catch(() => {}); // then one writes as a guest
