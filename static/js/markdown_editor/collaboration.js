// The text under edit as a Yjs document: what several windows write at once is merged. Every change is sent at once and
// kept in IndexedDB; after a lost connection both sides exchange what the other lacks (docs/editor.md).

import { keymap } from "../../vendor/codemirror.js";
import {
  Awareness, Doc, IndexeddbPersistence, UndoManager, applyAwarenessUpdate, applyUpdate, createDeleteSetFromStructStore,
  decodeUpdate, encodeAwarenessUpdate, encodeStateAsUpdate, encodeStateVector, equalDeleteSets, fromBase64, mergeUpdates,
  removeAwarenessStates, toBase64, yCollab, yUndoManagerKeymap,
} from "../../vendor/yjs.js";
import { storedDocument } from "../editor/drafts.js";
import { difference } from "../text_editing.js";
import { followEvents } from "../websocket_client.js";
import { cursors } from "./cursors.js";
import { composed } from "./images.js";

const SEND_DELAY = 150; // milliseconds in which changes are joined before they are sent
const ACK_TIMEOUT = 5000; // milliseconds for the server to acknowledge a change
const FORBIDDEN = 4003; // close code: the session has ended, or the entry may not be edited any more
const REMOTE = "remote"; // origin of changes that the server has

// `history` is the compartment with the editor's own undo, in whose place comes one that leaves others' changes alone.
export function collaborate({ view, area, words, history, replace, status }) {
  const doc = new Doc();
  const text = doc.getText("text");
  const awareness = new Awareness(doc);
  const undoManager = new UndoManager(text);
  const { form } = area;
  const inputs = ["document_n", "document_update"].map((name) => Object.assign(document.createElement("input"), { type: "hidden", name, disabled: true }));
  form.append(...inputs);

  let n = 0; // the last update of the server that is in `doc`
  let saved = area.defaultValue;
  let store = null;
  let isOpen = false; // the server has answered the last sync request
  let isAttached = false;
  let unsentUpdates = []; // changes to send
  let unacknowledged = new Map(); // sent, but not yet acknowledged
  let lastUpdateId = 0;
  let timer = 0, cursorTimer = 0, stallTimer = 0;

  const { send, reconnect } = followEvents({
    element: area,
    socketPath: () => words.document,
    // A socket that is refused does not say why.
    async poll() {
      form.dispatchEvent(new Event("disconnected"));
      return false;
    },
    spread: 500, // few have a text open, and they write in it
    onHello: requestSync,
    onReset: async () => requestSync(),
    onEvent: onMessage,
    onClose(code) {
      isOpen = false;
      if (code === FORBIDDEN) form.dispatchEvent(new Event("forbidden"));
      removeAwarenessStates(awareness, others(), REMOTE);
      showStatus();
    },
  });

  function others() {
    return [...awareness.getStates().keys()].filter((id) => id !== doc.clientID);
  }

  function requestSync() {
    send(JSON.stringify({ type: "sync", client: doc.clientID, vector: toBase64(encodeStateVector(doc)) }));
  }

  function onMessage({ type, data, n: latest }) {
    if (type === "sync") return onSync(data);
    if (type === "update") {
      applyUpdate(doc, fromBase64(data.update), REMOTE);
      n = Math.max(n, latest);
      if ("saved" in data) ({ saved } = data);
    } else if (type === "stored") {
      unacknowledged.delete(data.id);
      clearTimeout(stallTimer);
    }
    else if (type === "awareness") {
      applyAwarenessUpdate(awareness, fromBase64(data.update), REMOTE);
      if (data.isNew && data.client !== doc.clientID) sendAwareness();
    } else if (type === "left") removeAwarenessStates(awareness, [data.client].filter((id) => id !== doc.clientID), REMOTE);
    showStatus();
  }

  async function onSync(data) {
    store ??= await openStore(data.key);
    const update = fromBase64(data.update);
    applyUpdate(doc, update, REMOTE);
    n = Math.max(n, data.n);
    ({ saved } = data);
    unsentUpdates = [];
    unacknowledged = new Map();
    isOpen = true;
    const missing = encodeStateAsUpdate(doc, fromBase64(data.vector));
    const isNew = decodeUpdate(missing).structs.length > 0;
    if (isNew || !equalDeleteSets(createDeleteSetFromStructStore(doc.store), decodeUpdate(update).ds)) push(missing);
    if (!isAttached) await attach();
    sendAwareness(true);
    showStatus();
  }

  async function openStore(key) {
    try {
      const opened = new IndexeddbPersistence(storedDocument(key), doc);
      await Promise.race([opened.whenSynced, opened._db]).then(() => opened.whenSynced);
      return opened;
    } catch (error) {
      console.warn(error); // the browser has no storage
      return {};
    }
  }

  async function attach() {
    await composed(view);
    if (isAttached) return;
    isAttached = true;
    rebase(area.defaultValue, view.state.doc.toString());
    replace(view, text.toString());
    view.dispatch({
      effects: history.reconfigure([yCollab(text, null, { undoManager }), keymap.of(yUndoManagerKeymap), cursors(text, awareness, words.name)]),
    });
    area.dataset.document = "";
    for (const input of inputs) input.disabled = false;
  }

  // Merges what was typed before the document was loaded.
  function rebase(before, now) {
    const own = difference(before, now);
    if (!own.insert && own.from === own.to) return;
    const remote = difference(before, text.toString());
    const shift = remote.insert.length - (remote.to - remote.from);
    let { from, to } = own;
    if (from >= remote.to) [from, to] = [from + shift, to + shift];
    else if (to > remote.from) [from, to] = [remote.from, remote.from]; // both changed this: nothing is deleted
    doc.transact(() => {
      text.delete(from, to - from);
      text.insert(from, own.insert);
    });
  }

  doc.on("update", (update, origin) => {
    if (origin === REMOTE || origin === store) return;
    push(update);
    showStatus();
  });

  function push(update) {
    unsentUpdates.push(update);
    timer ||= setTimeout(flush, SEND_DELAY);
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!isOpen || !unsentUpdates.length) return;
    const update = mergeUpdates(unsentUpdates);
    unsentUpdates = [];
    lastUpdateId += 1;
    unacknowledged.set(lastUpdateId, update);
    send(JSON.stringify({ type: "update", id: lastUpdateId, update: toBase64(update) }));
    clearTimeout(stallTimer);
    stallTimer = setTimeout(() => unacknowledged.size && reconnect(), ACK_TIMEOUT);
  }

  awareness.on("update", (_changes, origin) => {
    if (origin === REMOTE || !others().length) return;
    cursorTimer ||= setTimeout(() => sendAwareness(), SEND_DELAY);
  });

  function sendAwareness(isNew = false) {
    clearTimeout(cursorTimer);
    cursorTimer = 0;
    const update = toBase64(encodeAwarenessUpdate(awareness, [doc.clientID]));
    send(JSON.stringify({ type: "awareness", data: { client: doc.clientID, update, isNew } }));
  }

  awareness.on("change", showStatus);
  const pending = () => [...unacknowledged.values(), ...unsentUpdates];

  function showStatus() {
    if (!isAttached) return;
    area.dataset.document = pending().length ? "unsent" : "";
    const names = [...new Set(others().map((id) => awareness.getStates().get(id).name).filter(Boolean))];
    const isUnsaved = text.toString().trim() !== saved.trim();
    const lines = [names.length && words.others.replace("{names}", names.join(", ")), isOpen ? isUnsaved && words.unsaved : words.offline];
    status.textContent = lines.filter(Boolean).join(" · ");
    if (isOpen && isUnsaved) status.append(" ", revert);
  }

  const revert = Object.assign(document.createElement("button"), { type: "button", textContent: words.revert });
  revert.addEventListener("click", () => replace(view, saved));

  addEventListener("offline", reconnect);
  addEventListener("visibilitychange", () => document.hidden && flush());
  addEventListener("pagehide", flush);
  form.addEventListener("submit", () => {
    if (!isAttached) return;
    flush();
    inputs[0].value = n;
    inputs[1].value = pending().length ? toBase64(mergeUpdates(pending())) : "";
  });

  // False before the document is loaded.
  const run = (name) => {
    if (isAttached) undoManager[name]();
    return isAttached;
  };
  return { undo: () => run("undo"), redo: () => run("redo") };
}
