// Activities, live: new, edited and removed ones in the list, edits on an activity's own page (docs/activities.md).

import { interpolate, keepScrollPosition, NewItemsButton, showLocalTime } from "./live_page.js";
import { followEvents } from "./websocket_client.js";

const RETRY_DELAYS = [300, 1000, 2000]; // milliseconds
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Fetches this page again until it includes event `n`: another server process may be a moment behind. Resolves to the
// element that `selector` names, whose data-last-event says how new the page is, and whether it is new enough.
async function fetchNewerPage(selector, n) {
  for (const delay of [0, ...RETRY_DELAYS]) {
    if (delay) await wait(delay);
    const response = await fetch(location.pathname);
    if (!response.ok) throw new Error(`${response.status} ${location.pathname}`);
    const page = new DOMParser().parseFromString(await response.text(), "text/html").querySelector(selector);
    const isNewEnough = Number(page.dataset.lastEvent) >= n;
    if (isNewEnough || delay === RETRY_DELAYS.at(-1)) return { page, isNewEnough };
  }
}

function startList(section) {
  const { dataset } = section;
  const list = section.querySelector(".activity-list");
  const empty = section.querySelector(".empty");
  const isFirstPage = "isFirstPage" in dataset;
  const button = new NewItemsButton(section.querySelector(".new-items-button"), dataset.newCount);
  const findActivity = (id, root = list) => root.querySelector(`#activity-${Number(id)}`);
  const idOf = (article) => Number(article.id.slice("activity-".length));

  let lastEvent = Number(dataset.lastEvent);
  const serverHTML = new Map(); // by id, before times are made local
  const changed = new Set();
  const removed = new Set();
  let fetched = []; // the ids that the request under way is for
  let isUpdating = false;

  function setUp(item) {
    serverHTML.set(idOf(item.querySelector(".activity")), item.innerHTML);
    item.querySelectorAll("time").forEach(showLocalTime);
  }

  function onEvent({ n, type, data: { activity } }) {
    if (n <= lastEvent) return;
    lastEvent = n;
    if (type === "activity.removed") {
      removed.add(activity.id);
      changed.delete(activity.id);
    } else if (type === "activity.posted" && !isFirstPage) {
      button.add(activity.id);
    } else if (type === "activity.posted" || fetched.includes(activity.id) || findActivity(activity.id)) {
      removed.delete(activity.id);
      changed.add(activity.id);
    }
    update();
  }

  // One request at a time for all changes since the last one.
  async function update() {
    if (isUpdating || !(changed.size || removed.size)) return;
    isUpdating = true;
    fetched = [...changed];
    changed.clear(); // before the request: what changes while it is under way is fetched again
    remove([...removed]);
    removed.clear();
    try {
      if (fetched.length) {
        const { page } = await fetchNewerPage(".activities", lastEvent);
        insert(
          page,
          fetched.filter((id) => !removed.has(id)),
        );
      }
    } catch (error) {
      console.warn(error);
      for (const id of fetched) if (!removed.has(id)) changed.add(id);
      setTimeout(update, 5000);
      return;
    } finally {
      fetched = [];
      isUpdating = false;
    }
    update();
  }

  function remove(ids) {
    keepScrollPosition(() => {
      for (const id of ids) {
        findActivity(id)?.parentElement.remove();
        button.remove(id);
      }
    });
    empty.hidden = Boolean(list.children.length);
  }

  // Takes the activities over from a page that was fetched.
  function insert(page, ids) {
    const added = [];
    keepScrollPosition(() => {
      for (const id of ids) {
        const source = findActivity(id, page)?.parentElement;
        const current = findActivity(id)?.parentElement;
        if (!source || (current && serverHTML.get(id) === source.innerHTML)) continue;
        const item = document.importNode(source, true);
        if (current) current.replaceWith(item);
        else {
          list.insertBefore(item, nextShared(source));
          item.classList.add("is-new");
          added.push(item);
        }
        setUp(item);
      }
    });
    empty.hidden = Boolean(list.children.length);
    for (const item of added) {
      const article = item.querySelector(".activity");
      button.add(idOf(article), article);
    }
    if (added.length) announce(added);
  }

  // The first item after it on the fetched page that is on this page, too.
  function nextShared(source) {
    for (let next = source.nextElementSibling; next; next = next.nextElementSibling) {
      const article = findActivity(idOf(next.querySelector(".activity")));
      if (article) return article.parentElement;
    }
    return null;
  }

  function announce(items) {
    const words = items[0].querySelector(".activity-text")?.textContent.trim().slice(0, 100);
    section.querySelector(".new-activities-status").textContent =
      items.length === 1 && words
        ? interpolate(dataset.newActivity, { words })
        : interpolate(dataset.newCount, { n: items.length });
  }

  async function onReset(n) {
    lastEvent = n;
    const { page } = await fetchNewerPage(".activities", n);
    const ids = [...page.querySelectorAll(".activity")].map(idOf);
    remove([...list.querySelectorAll(".activity")].map(idOf).filter((id) => !ids.includes(id)));
    insert(page, ids);
  }

  list.querySelectorAll(":scope > li").forEach(setUp);
  button.button.addEventListener("click", (event) => {
    if (!isFirstPage) return; // a link to the first page
    event.preventDefault();
    const article = list.querySelector(".activity");
    article.tabIndex = -1;
    article.focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
  });
  followEvents({
    element: section,
    socketPath: () => `/ws/activities/?since=${lastEvent}`,
    eventsPath: () => `/api/activities/events/?since=${lastEvent}`,
    onEvent,
    onReset,
  });
}

// Edits come on the websocket of the activity's comments.
function startDetail(section) {
  const id = `activity-${Number(section.dataset.postId)}`;
  let lastEvent = 0;

  async function update(n) {
    lastEvent = n;
    try {
      const { page, isNewEnough } = await fetchNewerPage(".comments-section[data-post-id]", n);
      if (n < lastEvent) return; // a newer request is under way
      if (!isNewEnough) throw new Error(`The page does not have event ${n}.`);
      const article = document.importNode(page.ownerDocument.getElementById(id), true);
      article.querySelectorAll("time").forEach(showLocalTime);
      keepScrollPosition(() => document.getElementById(id).replaceWith(article));
    } catch (error) {
      console.warn(error);
      section.querySelector(".post-updated").hidden = false;
    }
  }

  section.addEventListener("live-event", (event) => {
    const { n, type } = event.detail;
    if (type !== "post.updated" && type !== "activity.card") return;
    event.preventDefault();
    update(n);
  });
  document.getElementById(id).querySelectorAll("time").forEach(showLocalTime);
}

const list = document.querySelector(".activities");
if (list) startList(list);
else startDetail(document.querySelector(".comments-section[data-post-id]"));
