// Unsaved forms of the admin, kept in the browser until the server has acknowledged the save. Runs on every page of the
// admin: forgets what is saved and what is old. Drafts of other accounts in this browser stay for their owners.

const PREFIX = "frodo-draft:";
const DOCUMENT = "frodo-document:";
const SAVED = "saved_drafts";
const DAYS = 30;

const account = document.querySelector('meta[name="account"]');
const user = account?.content;
let isSignedOut = false;

const keys = (prefix = PREFIX) => Object.keys(localStorage).filter((key) => key.startsWith(prefix));

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

// The drafts of one form of this user: `{ key, id, at, version, fields, rows }`, the newest first.
export function list(form) {
  const prefix = `${PREFIX}${user}:${form}:`;
  const found = keys().filter((key) => key.startsWith(prefix));
  return found.map((key) => ({ ...read(key), key, id: key.slice(prefix.length) })).sort((one, other) => other.at - one.at);
}

export const keyOf = (form, id) => `${PREFIX}${user}:${form}:${id}`;

// The name of the IndexedDB database of a text under edit (markdown_editor/collaboration.js), which is deleted in time.
export function storedDocument(key) {
  const name = `${DOCUMENT}${user}:${key}`;
  write(name, { at: Date.now() });
  return name;
}

function forgetDocument(name) {
  indexedDB.deleteDatabase(name);
  remove(name);
}

// False where the browser keeps nothing, or has no room.
export function write(key, draft) {
  if (isSignedOut) return true;
  try {
    localStorage.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Then there is nothing to remove either.
  }
}

function acknowledged() {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith(`${SAVED}=`));
  if (!cookie) return [];
  document.cookie = `${SAVED}=; path=${account.dataset.path}; max-age=0; samesite=lax`;
  return cookie.slice(SAVED.length + 1).split(".").map((name) => name.split("-"));
}

const isOld = (draft) => !draft || Date.now() - draft.at > DAYS * 24 * 3600 * 1000;

function tidy() {
  const saved = acknowledged();
  for (const key of keys()) {
    const draft = read(key);
    // What was typed after the form had been sent is not in the database.
    const isSaved = saved.some(([id, at]) => key.endsWith(`:${id}`) && draft?.at <= Number(at));
    if (isSaved || isOld(draft)) remove(key);
  }
  for (const key of keys(DOCUMENT)) if (isOld(read(key))) forgetDocument(key);
}

// Who signs out leaves nothing behind for the next person at this computer.
function signOut(event) {
  const own = keys(`${PREFIX}${user}:`);
  if (own.length && !confirm(account.dataset.signOut)) {
    event.preventDefault();
    return;
  }
  isSignedOut = true;
  own.forEach(remove);
  keys(`${DOCUMENT}${user}:`).forEach(forgetDocument); // what is in them is on the server
}

try {
  if (user) {
    tidy();
    addEventListener("pageshow", tidy);
    addEventListener("input", () => (isSignedOut = false));
    for (const form of document.querySelectorAll("#logout-form, form.sign-out")) form.addEventListener("submit", signOut);
  }
} catch {
  // Storage is shut; a form says so where somebody writes.
}
