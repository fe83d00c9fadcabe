// Reactions: shown at once when given, and as the server counts them when it has answered.

import { address, box, find, idOf, notice, pattern, saidOf } from "./page.js";
import { ask, me, reason, whenMet } from "./server.js";

const KINDS = [...pattern("reactions").querySelectorAll(".reaction")].map((button) => button.dataset.kind);
const states = new Map();

const groupOf = (id) => (id ? saidOf(find(id)) : box)?.querySelector(".reactions");
const idIn = (group) => (group.matches(".post-reactions") ? 0 : idOf(group.closest(".comment")));
const mineOf = (id) => (id ? me.reactions.comments[id] : me.reactions.post) || null;

function countsIn(group) {
  const counts = {};
  for (const button of group.querySelectorAll(".reaction")) counts[button.dataset.kind] = Number(button.lastElementChild.textContent);
  return counts;
}

function stateOf(id, group) {
  if (!states.has(id)) states.set(id, { counts: countsIn(group), mine: mineOf(id), n: 0, told: 0 });
  return states.get(id);
}

// Those that nobody gave are only there while one chooses; under a post they always are.
function draw(id, group = groupOf(id)) {
  const state = states.get(id);
  if (!group || !state) return;
  const mine = "pending" in state ? state.pending : state.mine;
  const isOpen = !id || group.classList.contains("is-open");
  let last = null;
  for (const kind of KINDS) {
    let button = group.querySelector(`[data-kind=${kind}]`);
    const n = (state.counts[kind] || 0) - (state.mine === kind) + (mine === kind);
    if (!button && (n > 0 || isOpen)) {
      button = pattern("reactions").querySelector(`[data-kind=${kind}]`).cloneNode(true);
      if (last) last.after(button);
      else group.prepend(button);
    } else if (button && n <= 0 && !isOpen && !button.matches(":focus")) {
      button.remove();
      button = null;
    }
    if (!button) continue;
    button.disabled = false;
    button.setAttribute("aria-pressed", String(mine === kind));
    button.lastElementChild.textContent = n > 0 ? n : "";
    last = button;
  }
}

// Counts from the server; `n` is the number of the event that they belong to.
export function learn(id, counts, n) {
  const group = groupOf(id);
  if (!group) return;
  const state = stateOf(id, group);
  if (n < state.n) return;
  if ("pending" in state) {
    state.heard = { counts, n };
    return;
  }
  Object.assign(state, { counts, n });
  draw(id, group);
}

// Of a comment made anew: the server's word is all there is.
export function fill(item, counts = {}) {
  const id = idOf(item);
  const known = states.get(id);
  if (!known && !Object.keys(counts).length && !mineOf(id)) return;
  if (known) known.counts = counts;
  else states.set(id, { counts, mine: mineOf(id), n: 0, told: 0 });
  draw(id, saidOf(item)?.querySelector(".reactions"));
}

async function press(id, group, kind) {
  const state = stateOf(id, group);
  const isBusy = "pending" in state;
  const now = isBusy ? state.pending : state.mine;
  state.pending = now === kind ? null : kind;
  draw(id, group);
  if (isBusy) return;
  const path = id ? `/api/comments/${id}/reactions/` : `${address}reactions/`;
  try {
    while (state.pending !== state.mine) {
      const wanted = state.pending;
      const answer = await ask(path, wanted ? { kind: wanted } : undefined, wanted ? "PUT" : "DELETE");
      Object.assign(state, { counts: answer.reactions, mine: answer.mine, n: answer.n, told: Date.now() });
      if (answer.mine !== wanted) break;
    }
  } catch (error) {
    notice(reason(error));
  }
  delete state.pending;
  if (state.heard?.n > state.n) Object.assign(state, state.heard);
  delete state.heard;
  draw(id);
}

box.addEventListener("click", ({ target }) => {
  const group = target.closest(".reactions");
  if (!group) return;
  const id = idIn(group);
  const toggle = target.closest(".reaction-more");
  const button = target.closest(".reaction");
  if (button) press(id, group, button.dataset.kind);
  if (!toggle) return;
  stateOf(id, group);
  toggle.setAttribute("aria-expanded", String(group.classList.toggle("is-open")));
  draw(id, group);
});

box.addEventListener("keydown", (event) => {
  const toggle = event.target.closest(".reactions.is-open")?.querySelector(".reaction-more");
  if (event.key !== "Escape" || !toggle) return;
  toggle.focus();
  toggle.click();
});

whenMet.push(() => {
  for (const id of [0, ...Object.keys(me.reactions.comments).map(Number), ...states.keys()]) {
    const group = groupOf(id);
    if (!group) continue;
    const state = stateOf(id, group);
    if (!("pending" in state) && state.told < me.asked) state.mine = mineOf(id);
    draw(id, group);
  }
});

for (const button of box.querySelectorAll(".reaction:disabled")) button.disabled = false;
