// The moderators' counts in every admin page, and the queue where it is shown, both live (docs/moderation.md).
// A websocket frame only announces a change; the counts and the queue are then requested by HTTP.
import { followEvents } from "./websocket_client.js";

(() => {
  const bar = document.getElementById("moderation-counts");
  if (!bar) return;
  const box = document.getElementById("moderation");
  const list = document.getElementById("entries");
  const form = document.getElementById("decision-form");
  const spamWaveNote = document.getElementById("spam-wave");
  let known = Number(bar.dataset.n);

  // Requests

  class SignedOut extends Error {}

  async function request(path, options = {}) {
    const response = await fetch(path, { cache: "no-store", redirect: "manual", ...options });
    if (response.type === "opaqueredirect" || response.status === 403) throw new SignedOut();
    return response;
  }

  const post = (path, data) => request(path, { method: "POST", body: data, headers: { Accept: "application/json" } });

  // Posts the form and shows the response's message. Resolves to the response and its JSON; null after an error.
  async function submit(path, data) {
    try {
      const response = await post(path, data);
      const json = await response.json();
      showMessage(json.words, json.decision);
      return { isSuccess: response.ok, json };
    } catch (error) {
      if (error instanceof SignedOut) stop();
      else showMessage(error instanceof SyntaxError ? box.dataset.failed : box.dataset.offline);
      return null;
    }
  }

  function showCounts(counts) {
    known = Math.max(known, counts.n);
    for (const link of bar.querySelectorAll("a")) {
      const n = counts[link.dataset.of];
      link.querySelector("b").textContent = n > 99 ? "99+" : n;
      link.classList.toggle("is-some", n > 0);
      if (link.dataset.of === "reported") link.hidden = !n;
    }
    if (spamWaveNote) spamWaveNote.hidden = !counts.spam_wave;
  }

  // One refresh at a time, and one more for changes during it.
  let isRefreshing = false;
  let isOutdated = false;
  let isSignedOut = false;

  async function refresh() {
    if (isSignedOut) return false;
    if (isRefreshing) {
      isOutdated = true;
      return true;
    }
    isRefreshing = true;
    try {
      showCounts(await (await request(bar.dataset.url)).json());
      if (list) await refreshQueue();
      else await refreshPanel();
      return true;
    } catch (error) {
      if (error instanceof SignedOut) stop();
      else if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error; // offline: the next poll
      return false;
    } finally {
      isRefreshing = false;
      if (isOutdated) {
        isOutdated = false;
        setTimeout(refresh, 300);
      }
    }
  }

  function stop() {
    isSignedOut = true;
    client.stop();
    bar.dataset.live = "stopped";
    if (box) showMessage(box.dataset.out);
  }

  // The pending comments on the dashboard
  async function refreshPanel() {
    const panel = document.getElementById("pending-comments");
    if (!panel) return;
    const response = await request(panel.dataset.live);
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(panel.id);
    if (fresh && !panel.isEqualNode(fresh)) panel.replaceChildren(...fresh.childNodes);
  }

  // The queue

  async function refreshQueue() {
    const url = new URL(location.href);
    url.searchParams.set("part", "1");
    const response = await request(url);
    if (!response.ok) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await response.text();
    merge(fresh.content);
    markSeen();
  }

  // Unchanged entries keep their elements, so that no button moves while somebody is about to press it.
  const FOCUSABLE = "button, a, summary, textarea";

  function merge(fresh) {
    const focus = document.activeElement?.closest?.(".entry");
    const focusIndex = focus && [...focus.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
    const current = list.querySelector(".is-current");
    const isGone = current && !fresh.querySelector(`#${current.id}`);
    const successor = isGone && [...siblings(current, "nextElementSibling"), ...siblings(current, "previousElementSibling")].find((entry) => fresh.querySelector(`#${entry.id}`));
    current?.classList.remove("is-current");
    const oldEntries = new Map([...list.children].filter((child) => child.id).map((child) => [child.id, child]));
    const children = [...fresh.children].map((child) => {
      const old = oldEntries.get(child.id);
      if (old && isSame(old, child)) return old;
      if (old) keepOpen(old, child);
      return child;
    });
    // An entry with an unsent reply stays, although its comment was decided elsewhere.
    [...list.children].forEach((child, at) => {
      if (child.id && replyIn(child)?.value && !fresh.querySelector(`#${child.id}`) && !children.some((one) => one.id === child.id))
        children.splice(at, 0, child);
    });
    replaceChildren(children);
    const now = isGone ? successor && document.getElementById(successor.id) : current && document.getElementById(current.id);
    now?.classList.add("is-current");
    if (focus && !document.activeElement.closest(".entry")) {
      const entry = document.getElementById(focus.id);
      (entry?.querySelectorAll(FOCUSABLE)[focusIndex] || entry || now)?.focus({ preventScroll: true });
    }
  }

  // Compares two entries, ignoring which menus are open.
  function isSame(old, child) {
    const open = [...old.querySelectorAll("details[open]")];
    for (const details of open) details.open = false;
    const same = old.isEqualNode(child);
    for (const details of open) details.open = true;
    return same;
  }

  const replyIn = (entry) => entry.querySelector(".entry-reply textarea");

  function keepOpen(old, child) {
    for (const name of [".entry-reply", ".entry-more"]) {
      if (old.querySelector(name)?.open && child.querySelector(name)) child.querySelector(name).open = true;
    }
    const before = replyIn(old);
    const after = replyIn(child);
    if (before && after) after.value = before.value;
  }

  // Elements that stay are not removed from the page, so that they keep focus, selection and open menus.
  function replaceChildren(children) {
    for (const child of [...list.childNodes]) if (!children.includes(child)) child.remove();
    let at = list.firstChild;
    for (const child of children) {
      if (child === at) at = at.nextSibling;
      else list.insertBefore(child, at);
    }
  }

  function siblings(entry, direction) {
    const found = [];
    for (let next = entry[direction]; next; next = next[direction]) if (next.id) found.push(next);
    return found;
  }

  let seen = 0;

  async function markSeen() {
    if (box.dataset.tab !== "new" || document.hidden) return;
    const newest = Number(list.querySelector(".entry")?.dataset.id || 0);
    if (newest <= seen) return;
    seen = newest;
    const data = new FormData(form);
    data.set("up_to", newest);
    try {
      await post(box.dataset.seen, data);
    } catch {
      seen = 0; // with the next refresh
    }
  }

  // Decisions

  const note = box?.querySelector(".moderation-message");
  const undo = note?.querySelector("button");
  let noteTimer = 0;
  let lastDecision = null;

  function showMessage(text, decision = null) {
    clearTimeout(noteTimer);
    note.hidden = !text;
    note.querySelector("span").textContent = text;
    undo.hidden = !decision;
    undo.value = decision ? `undo:${decision}` : "";
    if (text && !isSignedOut) noteTimer = setTimeout(() => (note.hidden = true), 15000);
  }

  async function reply(button) {
    const details = button.closest("details");
    button.disabled = true;
    const result = await submit(button.formAction, new FormData(form));
    button.disabled = false;
    if (!result?.isSuccess) return;
    details.querySelector("textarea").value = "";
    details.open = false;
    details.closest(".entry").focus({ preventScroll: true });
    refresh();
  }

  async function decide(intent) {
    const data = new FormData(form);
    data.set("intent", intent);
    const result = await submit(form.action, data);
    if (!result) return;
    if (result.json.decision) lastDecision = result.json.decision;
    else if (result.isSuccess && intent === `undo:${lastDecision}`) lastDecision = null;
    refresh();
  }

  function moveCurrent(step) {
    const entries = [...list.querySelectorAll(".entry")];
    if (!entries.length) return;
    const at = entries.findIndex((entry) => entry.matches(".is-current"));
    const next = entries[Math.min(Math.max(at + step, 0), entries.length - 1)];
    entries[at]?.classList.remove("is-current");
    next.classList.add("is-current");
    next.scrollIntoView({ block: "nearest" });
    next.focus({ preventScroll: true });
  }

  const keys = {
    j: () => moveCurrent(1),
    k: () => moveCurrent(-1),
    a: () => press("approve"),
    s: () => press("spam"),
    d: () => press("remove"),
    r: () => {
      const details = list.querySelector(".entry.is-current .entry-reply");
      if (!details) return;
      details.open = true;
      details.querySelector("textarea").focus();
    },
    u: () => {
      if (lastDecision) decide(`undo:${lastDecision}`);
    },
  };

  function press(verb) {
    const button = list.querySelector(`.entry.is-current button[data-verb="${verb}"]`);
    if (button) decide(button.value);
  }

  if (box) {
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (button?.closest(".entry-reply")) {
        event.preventDefault();
        reply(button);
        return;
      }
      if (!button?.value) return;
      event.preventDefault();
      if (button.closest(".entry-more")) button.closest(".entry-more").open = false;
      decide(button.value);
    });
    // The menu of an entry closes by Escape and when something else is pressed; so does a reply that is empty.
    document.addEventListener("click", (event) => {
      for (const menu of list.querySelectorAll(".entry-more[open]")) if (!menu.contains(event.target)) menu.open = false;
    });
    list.addEventListener("keydown", (event) => {
      const details = event.target.closest("details[open]");
      if (details && event.key === "Escape") {
        details.open = false;
        details.querySelector("summary").focus();
      } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(".entry-reply")) {
        form.requestSubmit(event.target.closest(".entry-reply").querySelector("button"));
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      const action = keys[event.key.toLowerCase()];
      if (!action) return;
      event.preventDefault();
      action();
    });
    markSeen();
  }

  const client = followEvents({
    element: bar,
    socketPath: () => `/ws/moderation/?since=${known}`,
    onEvent: ({ n }) => n > known && refresh(),
    onReset: refresh,
    poll: refresh,
    pollAfter: 1, // only the answer to a request says whether the session has ended
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
})();
