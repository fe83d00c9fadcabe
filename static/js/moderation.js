// The moderators' counts in every admin page, and the queue where it is shown, both live (docs/moderation.md).
// A frame on the wire says only that something has changed; what, is asked for by HTTP.
(() => {
  "use strict";

  const bar = document.getElementById("moderation-counts");
  if (!bar) return;
  const box = document.getElementById("moderation");
  const list = document.getElementById("entries");
  const form = document.getElementById("deciding");
  const floodNote = document.getElementById("moderation-flood");
  let known = Number(bar.dataset.n);

  // Asking

  class SignedOut extends Error {}

  async function ask(path, options = {}) {
    const response = await fetch(path, { cache: "no-store", redirect: "manual", ...options });
    if (response.type === "opaqueredirect" || response.status === 403) throw new SignedOut();
    return response;
  }

  function count(counts) {
    known = Math.max(known, counts.n);
    for (const link of bar.querySelectorAll("a")) {
      const n = counts[link.dataset.of];
      link.querySelector("b").textContent = n > 99 ? "99+" : n;
      link.classList.toggle("is-some", n > 0);
      if (link.dataset.of === "reported") link.hidden = !n;
    }
    if (floodNote) floodNote.hidden = !counts.flood;
  }

  // One look at a time, and after what came meanwhile one more.
  let looking = false;
  let again = false;
  let isOver = false;

  async function look() {
    if (isOver) return;
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    try {
      count(await (await ask(bar.dataset.url)).json());
      if (list) await renew();
    } catch (error) {
      if (error instanceof SignedOut) signedOut();
      else if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error; // no net: another time
    } finally {
      looking = false;
      if (again) {
        again = false;
        setTimeout(look, 300);
      }
    }
  }

  function signedOut() {
    isOver = true;
    hangUp();
    bar.dataset.live = "over";
    if (box) say(box.dataset.out);
  }

  // The queue

  async function renew() {
    const address = new URL(location.href);
    address.searchParams.set("part", "1");
    const response = await ask(address);
    if (!response.ok) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await response.text();
    merge(fresh.content);
    markSeen();
  }

  // What is as it was stays the same element: nothing that one is about to press moves away under the hand.
  function merge(fresh) {
    const focus = document.activeElement?.closest?.(".entry");
    const focused = focus && [...focus.querySelectorAll("button, a")].indexOf(document.activeElement);
    const current = list.querySelector(".is-current");
    const gone = current && !fresh.querySelector(`#${current.id}`);
    const heir = gone && [...nextOf(current), ...beforeOf(current)].find((entry) => fresh.querySelector(`#${entry.id}`));
    current?.classList.remove("is-current");
    const keep = new Map([...list.children].filter((child) => child.id).map((child) => [child.id, child]));
    const children = [...fresh.children].map((child) => {
      const old = keep.get(child.id);
      return old?.isEqualNode(child) ? old : child;
    });
    list.replaceChildren(...children);
    const now = gone ? heir && document.getElementById(heir.id) : current && document.getElementById(current.id);
    now?.classList.add("is-current");
    if (focus && !document.activeElement.closest(".entry")) {
      const place = document.getElementById(focus.id);
      (place?.querySelectorAll("button, a")[focused] || place || now)?.focus({ preventScroll: true });
    }
  }

  const nextOf = (entry) => {
    const found = [];
    for (let next = entry.nextElementSibling; next; next = next.nextElementSibling) found.push(next);
    return found.filter((other) => other.id);
  };
  const beforeOf = (entry) => {
    const found = [];
    for (let next = entry.previousElementSibling; next; next = next.previousElementSibling) found.push(next);
    return found.filter((other) => other.id);
  };

  let seen = 0;

  async function markSeen() {
    if (box.dataset.tab !== "new" || document.hidden) return;
    const newest = Number(list.querySelector(".entry")?.dataset.id || 0);
    if (newest <= seen) return;
    seen = newest;
    const said = new FormData(form);
    said.set("up_to", newest);
    try {
      await ask(box.dataset.seen, { method: "POST", body: said, headers: { Accept: "application/json" } });
    } catch {
      seen = 0; // another time
    }
  }

  // Deciding

  const note = box?.querySelector(".moderation-said");
  const undo = note?.querySelector("button");
  let noteTimer = 0;
  let last = null;

  function say(words, decision = null) {
    clearTimeout(noteTimer);
    note.hidden = !words;
    note.querySelector("span").textContent = words;
    undo.hidden = !decision;
    undo.value = decision ? `undo:${decision}` : "";
    if (words && !isOver) noteTimer = setTimeout(() => (note.hidden = true), 15000);
  }

  async function decide(deed) {
    const said = new FormData(form);
    said.set("deed", deed);
    try {
      const response = await ask(form.action, { method: "POST", body: said, headers: { Accept: "application/json" } });
      const answer = await response.json();
      if (answer.decision) last = answer.decision;
      else if (response.ok && deed === `undo:${last}`) last = null;
      say(answer.words, answer.decision);
    } catch (error) {
      if (error instanceof SignedOut) signedOut();
      else say(error instanceof SyntaxError ? box.dataset.failed : box.dataset.offline);
      return;
    }
    look();
  }

  function go(step) {
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
    j: () => go(1),
    k: () => go(-1),
    a: () => press("approve"),
    r: () => press("remove"),
    u: () => {
      if (last) decide(`undo:${last}`);
    },
  };

  function press(verb) {
    const button = list.querySelector(`.entry.is-current button[data-verb="${verb}"]`);
    if (button) decide(button.value);
  }

  if (box) {
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (!button?.value) return;
      event.preventDefault();
      decide(button.value);
    });
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      const deed = keys[event.key.toLowerCase()];
      if (!deed) return;
      event.preventDefault();
      deed();
    });
    markSeen();
  }

  // The wire: a socket, and while there is none, asking now and then

  let socket = null;
  let failures = 0;
  let timer = 0;
  let pollTimer = 0;
  let pulse = 0;

  function connect() {
    clearTimeout(timer);
    if (socket || isOver || document.hidden) return;
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/moderation/?since=${known}`);
    socket = mine;
    let heard = true;
    mine.onmessage = ({ data }) => {
      heard = true;
      if (data === "pong") return;
      const frame = JSON.parse(data);
      if (frame.type === "hello") {
        failures = 0;
        clearTimeout(pollTimer);
        pollTimer = 0;
        bar.dataset.live = "socket";
        if (frame.n !== known) look();
      } else if (frame.type === "reset" || frame.n > known) look();
    };
    mine.onclose = () => {
      clearInterval(pulse);
      if (socket !== mine) return;
      socket = null;
      bar.dataset.live = "";
      failures += 1;
      if (isOver || document.hidden) return;
      if (!pollTimer) poll(); // which finds out whether we may still look
      timer = setTimeout(connect, Math.min(30000, 500 * 2 ** failures) * (0.5 + Math.random()));
    };
    pulse = setInterval(() => {
      if (!heard) {
        mine.onclose();
        mine.close();
      } else if (mine.readyState === WebSocket.OPEN) {
        heard = false;
        mine.send("ping");
      }
    }, 25000);
  }

  async function poll() {
    clearTimeout(pollTimer);
    pollTimer = -1;
    if (!document.hidden) await look();
    if (bar.dataset.live !== "socket" && !isOver) bar.dataset.live = "asking";
    pollTimer = socket?.readyState === WebSocket.OPEN || isOver ? 0 : setTimeout(poll, 4000 + 2000 * Math.random());
  }

  function hangUp() {
    clearTimeout(timer);
    clearInterval(pulse);
    clearTimeout(pollTimer);
    pollTimer = 0;
    const mine = socket;
    socket = null;
    mine?.close();
  }

  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", connect);
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    connect();
    look();
  });
})();
