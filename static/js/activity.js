// An activity's own page: when its words, photos or cards change, they change here.

import { handlers } from "./discussion/events.js";
import { keepingPlace } from "./discussion/sight.js";

const box = document.querySelector(".discussion[data-post]");
const when = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" });
const showUpdated = handlers["post.updated"];
const LATE = [300, 1000, 2000];

const article = () => document.querySelector(`#activity-${Number(box.dataset.post)}`);
const tellTime = (time) => (time.textContent = when.format(new Date(time.dateTime)));

// Another process may be a moment behind.
async function served(n) {
  for (const pause of [0, ...LATE]) {
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
    const response = await fetch(location.pathname);
    if (!response.ok) throw new Error(`${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (Number(page.querySelector(".discussion[data-post]").dataset.lastEvent) >= n) return page;
  }
  throw new Error("It is not there yet.");
}

async function renew(frame) {
  try {
    const fresh = document.importNode((await served(frame.n)).getElementById(article().id), true);
    fresh.querySelectorAll("time").forEach(tellTime);
    keepingPlace(() => article().replaceWith(fresh));
  } catch {
    showUpdated(frame);
  }
}

handlers["post.updated"] = handlers["activity.card"] = renew;
article().querySelectorAll("time").forEach(tellTime);
