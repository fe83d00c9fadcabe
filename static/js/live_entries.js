// The entries of a live post, on the post's page: added, edited and deleted as it happens (docs/live.md).

import { section } from "./comments/dom.js";
import { onReset } from "./comments/events.js";
import { keepScrollPosition, NewItemsButton, showLocalTime } from "./live_page.js";

const live = document.querySelector(".live-entries[data-state]");
const list = live.querySelector(".live-entry-list");
const entryTemplate = live.querySelector(".live-entry-template").content;
const unread = new NewItemsButton(live.querySelector(".new-items-button"), live.dataset.new);
const newestFirst = live.dataset.state === "live";

const find = (id) => list.querySelector(`#entry-${Number(id)}`);
const idOf = (item) => Number(item.id.slice("entry-".length));

list.querySelectorAll("time").forEach(showLocalTime);
section.addEventListener("live-event", ({ detail: { type, data } }) => {
  if (type === "entry.posted" || type === "entry.edited") put(data.entry, type === "entry.posted");
  else if (type === "entry.removed") remove(data.entry.id);
  else if (type === "live.changed" && data.live) live.dataset.state = data.live;
  else return;
  live.querySelector(".live-empty").hidden = list.children.length > 0;
});

// Events have the current content of an entry; that of a deleted one has no text.
function put(entry, isNew) {
  if (entry.html === undefined) return;
  let item = find(entry.id);
  const isKnown = Boolean(item);
  if (!item) {
    if (!isNew) return;
    item = entryTemplate.firstElementChild.cloneNode(true);
    item.id = `entry-${entry.id}`;
    place(item, entry.id);
  }
  const part = (name) => item.querySelector(`.live-entry-${name}`);
  part("time").setAttribute("href", `#${item.id}`);
  part("time").firstElementChild.dateTime = new Date(entry.created_at).toISOString();
  showLocalTime(part("time").firstElementChild);
  part("author").textContent = entry.author_name;
  part("edited").hidden = !entry.updated_at;
  part("text").innerHTML = entry.html; // sanitized by the server
  if (isKnown || !isNew) return;
  item.classList.add("is-new");
  unread.add(entry.id, item);
}

function place(item, id) {
  const next = [...list.children].find((other) => (newestFirst ? idOf(other) < id : idOf(other) > id));
  list.insertBefore(item, next ?? null);
}

function remove(id) {
  unread.remove(id);
  find(id)?.remove();
}

onReset.push(async () => {
  const response = await fetch(live.dataset.url, { cache: "no-store" });
  if (!response.ok) throw new Error(`${response.status} ${live.dataset.url}`);
  const { entries, live: state } = await response.json();
  const ids = new Set(entries.map(({ id }) => id));
  keepScrollPosition(() => {
    for (const item of [...list.children]) if (!ids.has(idOf(item))) remove(idOf(item));
    for (const entry of entries) put(entry, true);
    if (state) live.dataset.state = state;
  });
});

unread.button.addEventListener("click", () => {
  const items = [...list.children].filter((item) => unread.unseen.has(idOf(item)));
  items.at(newestFirst ? 0 : -1)?.scrollIntoView({ block: "center", behavior: "instant" });
});
