// The list of activities, alive: new ones, edits, removals, counts. The page reads whole without it (docs/activities.md).

import { keepingPlace } from "./discussion/sight.js";
import { listen } from "./discussion/wire.js";

const box = document.querySelector(".activities");
const words = box.dataset;
const list = box.querySelector(".activity-list");
const pill = box.querySelector(".news-pill");
const isFirstPage = words.newest === "here";
const language = document.documentElement.lang || undefined;
const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const tell = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const find = (id, within = list) => within.querySelector(`#activity-${Number(id)}`);
const LATE = [300, 1000, 2000];

let last = Number(words.lastEvent);
const asServed = new Map();
const unseen = new Set();
const changed = new Set();
const gone = new Set();
let isBusy = false;

// In the reader's own time zone; the server knows only the site's.
function meet(item) {
  const article = item.querySelector(".activity");
  asServed.set(article.id, item.innerHTML);
  for (const time of item.querySelectorAll("time")) time.textContent = when.format(new Date(time.dateTime));
}

const eyes = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) unseen.add(target.id);
    else {
      unseen.delete(target.id);
      eyes.unobserve(target);
    }
  }
  draw();
});

function draw() {
  pill.hidden = !unseen.size;
  if (unseen.size) pill.textContent = tell(words.pill, { n: unseen.size });
}

async function ask(path) {
  const response = await fetch(path, { cache: "no-store", headers: { Accept: "application/json" } });
  if (!response.ok) throw Object.assign(new Error(`${response.status} ${path}`), { status: response.status });
  return response.json();
}

// The page as it is now, at least as new as the last event; another process may be a moment behind.
async function served() {
  for (const pause of [0, ...LATE]) {
    if (pause) await new Promise((resolve) => setTimeout(resolve, pause));
    const response = await fetch(location.pathname);
    if (!response.ok) throw new Error(`${response.status}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".activities");
    if (Number(page.dataset.lastEvent) >= last || pause === LATE.at(-1)) return page;
  }
}

function apply(frame) {
  if (frame.n <= last) return;
  last = frame.n;
  const { activity } = frame.data;
  if (frame.type === "activity.removed") {
    gone.add(activity.id);
    changed.delete(activity.id);
  } else if (frame.type === "activity.posted" && !isFirstPage) {
    unseen.add(`activity-${activity.id}`);
    draw();
  } else if (frame.type === "activity.posted" || find(activity.id)) {
    gone.delete(activity.id);
    changed.add(activity.id);
  }
  renew();
}

async function renew() {
  if (isBusy || !(changed.size || gone.size)) return;
  isBusy = true;
  try {
    const ids = [...changed];
    take([...gone]);
    gone.clear();
    if (ids.length) {
      const page = await served();
      for (const id of ids) changed.delete(id);
      put(page, ids);
    }
  } catch {
    setTimeout(renew, 5000); // the site is away; what has changed is not forgotten
    return;
  } finally {
    isBusy = false;
  }
  renew();
}

function take(ids) {
  keepingPlace(() => {
    for (const id of ids) {
      find(id)?.parentElement.remove();
      unseen.delete(`activity-${id}`);
    }
  });
  box.querySelector(".empty").hidden = Boolean(list.children.length);
  draw();
}

function put(page, ids) {
  const fresh = [];
  keepingPlace(() => {
    for (const id of ids) {
      const item = find(id, page)?.parentElement;
      const old = find(id)?.parentElement;
      if (!item) continue;
      const before = page.contains(item) ? followerOf(item) : null;
      const own = document.importNode(item, true);
      if (old) {
        if (asServed.get(`activity-${id}`) === item.innerHTML) continue;
        old.replaceWith(own);
      } else {
        list.insertBefore(own, before);
        own.classList.add("is-new");
        fresh.push(own);
      }
      meet(own);
    }
  });
  box.querySelector(".empty").hidden = Boolean(list.children.length);
  for (const item of fresh) eyes.observe(item.querySelector(".activity"));
  if (fresh.length) announce(fresh);
}

// The first of those that stand after it on the server's page and are here, too.
function followerOf(item) {
  for (let next = item.nextElementSibling; next; next = next.nextElementSibling) {
    const here = document.getElementById(next.querySelector(".activity").id);
    if (here) return here.parentElement;
  }
  return null;
}

function announce(items) {
  const said = items[0].querySelector(".activity-text")?.textContent.trim().slice(0, 100) ?? "";
  const text = items.length === 1 && said ? tell(words.new, { words: said }) : tell(words.pill, { n: items.length });
  box.querySelector(".activity-news").textContent = text;
}

async function startAnew(n) {
  last = n;
  const page = await served();
  const ids = [...page.querySelectorAll(".activity")].map(({ id }) => Number(id.slice(9)));
  const there = [...list.querySelectorAll(".activity")].map(({ id }) => Number(id.slice(9)));
  take(there.filter((id) => !ids.includes(id)));
  put(page, ids);
}

list.querySelectorAll(":scope > li").forEach(meet);
pill.addEventListener("click", (event) => {
  if (!isFirstPage) return;
  event.preventDefault();
  const article = list.querySelector(".activity");
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
  scrollTo({ top: 0, behavior: "instant" });
});
listen({
  box,
  ask,
  apply,
  startAnew,
  socket: () => `/ws/activities/?since=${last}`,
  asked: () => `/api/activities/events/?since=${last}`,
});
