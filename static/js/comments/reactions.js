// Reactions: shown at once when the reader reacts, then as the server counts them.

import { errorMessage, onViewerLoaded, request, viewer } from "./api.js";
import { bodyOf, findComment, idOf, postApi, section, showToast, template } from "./dom.js";

const KINDS = [...template("reactions").querySelectorAll(".reaction")].map((button) => button.dataset.kind);
const states = new Map(); // by comment id; 0 is the post

const groupOf = (id) => (id ? bodyOf(findComment(id)) : section)?.querySelector(".reactions");
const idOfGroup = (group) => (group.matches(".post-reactions") ? 0 : idOf(group.closest(".comment")));
const ownReaction = (id) => (id ? viewer.reactions.comments[id] : viewer.reactions.post) || null;

function countsInPage(group) {
  const counts = {};
  for (const button of group.querySelectorAll(".reaction"))
    counts[button.dataset.kind] = Number(button.lastElementChild.textContent);
  return counts;
}

function stateOf(id, group) {
  if (!states.has(id)) states.set(id, { counts: countsInPage(group), mine: ownReaction(id), n: 0, confirmedAt: 0 });
  return states.get(id);
}

// Kinds that nobody has chosen are there only while the picker is open; under a post always.
function render(id, group = groupOf(id)) {
  const state = states.get(id);
  if (!group || !state) return;
  const mine = "pending" in state ? state.pending : state.mine;
  const isOpen = !id || group.classList.contains("is-open");
  let last = null;
  for (const kind of KINDS) {
    let button = group.querySelector(`[data-kind=${kind}]`);
    const n = (state.counts[kind] || 0) - (state.mine === kind) + (mine === kind);
    if (!button && (n > 0 || isOpen)) {
      button = template("reactions").querySelector(`[data-kind=${kind}]`).cloneNode(true);
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

// Counts from the server; `n` is the number of their event.
export function setCounts(id, counts, n) {
  const group = groupOf(id);
  if (!group) return;
  const state = stateOf(id, group);
  if (n < state.n) return;
  if ("pending" in state) {
    state.later = { counts, n };
    return;
  }
  Object.assign(state, { counts, n });
  render(id, group);
}

export function update(item, counts = {}) {
  const id = idOf(item);
  const known = states.get(id);
  if (!known && !Object.keys(counts).length && !ownReaction(id)) return;
  if (known) known.counts = counts;
  else states.set(id, { counts, mine: ownReaction(id), n: 0, confirmedAt: 0 });
  render(id, bodyOf(item)?.querySelector(".reactions"));
}

async function react(id, group, kind) {
  const state = stateOf(id, group);
  const isBusy = "pending" in state;
  const current = isBusy ? state.pending : state.mine;
  state.pending = current === kind ? null : kind;
  render(id, group);
  if (isBusy) return;
  const path = id ? `/api/comments/${id}/reactions/` : `${postApi}reactions/`;
  try {
    while (state.pending !== state.mine) {
      const wanted = state.pending;
      const answer = await request(path, wanted ? { kind: wanted } : undefined, wanted ? "PUT" : "DELETE");
      Object.assign(state, { counts: answer.reactions, mine: answer.mine, n: answer.n, confirmedAt: Date.now() });
      if (answer.mine !== wanted) break;
    }
  } catch (error) {
    showToast(errorMessage(error));
  }
  delete state.pending;
  if (state.later?.n > state.n) Object.assign(state, state.later);
  delete state.later;
  render(id);
}

section.addEventListener("click", (event) => {
  const { target } = event;
  const group = target.closest(".reactions");
  if (!group) return;
  const id = idOfGroup(group);
  const moreButton = target.closest(".reaction-more");
  const button = target.closest(".reaction");
  event.preventDefault(); // the form under a post is for browsers without scripts
  if (button) react(id, group, button.dataset.kind);
  if (!moreButton) return;
  stateOf(id, group);
  moreButton.setAttribute("aria-expanded", String(group.classList.toggle("is-open")));
  render(id, group);
});

section.addEventListener("keydown", (event) => {
  const moreButton = event.target.closest(".reactions.is-open")?.querySelector(".reaction-more");
  if (event.key !== "Escape" || !moreButton) return;
  moreButton.focus();
  moreButton.click();
});

onViewerLoaded.push(() => {
  for (const id of [0, ...Object.keys(viewer.reactions.comments).map(Number), ...states.keys()]) {
    const group = groupOf(id);
    if (!group) continue;
    const state = stateOf(id, group);
    if (!("pending" in state) && state.confirmedAt < viewer.loadedAt) state.mine = ownReaction(id);
    render(id, group);
  }
});

for (const button of section.querySelectorAll(".reaction:disabled")) button.disabled = false;
