// Drafts of forms on the server, a second after the last change, so that another browser can go on with them.

const PAUSE = 1000;
const LARGEST_ON_LEAVING = 60_000; // what browsers send of a page that is being left

const DISCARDED = "frodo-discarded";

let timer, latest = null;

// The page may be loaded again before the server has deleted them.
const discarded = {
  all() {
    try {
      return JSON.parse(sessionStorage.getItem(DISCARDED)) ?? [];
    } catch {
      return [];
    }
  },
  add(window) {
    try {
      sessionStorage.setItem(DISCARDED, JSON.stringify([...this.all().filter((id) => id !== window), window].slice(-50)));
    } catch {
      // Storage is shut.
    }
  },
  remove(window) {
    try {
      sessionStorage.setItem(DISCARDED, JSON.stringify(this.all().filter((id) => id !== window)));
    } catch {
      // Storage is shut.
    }
  },
};

const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value;
const address = (words, form, window) => `${words.autosave}?${new URLSearchParams({ form, ...(window && { window }) })}`;

// `onDone` is called when the server has it, `onForbidden` where the session has ended. Other failures are silent: the
// browser has it, and the next change tries again.
export function send(words, form, window, draft, onDone, onForbidden) {
  if (!words.autosave) return;
  discarded.remove(window);
  latest = { url: words.autosave, body: JSON.stringify({ form, window, account: words.account, ...draft }), onDone, onForbidden };
  clearTimeout(timer);
  if (document.hidden) flush();
  else timer = setTimeout(flush, PAUSE);
}

// The form is being saved: what would arrive after that would be offered again.
export function cancel() {
  clearTimeout(timer);
  latest = null;
}

async function flush() {
  const { url, body, onDone, onForbidden } = latest ?? {};
  latest = null;
  if (!url) return;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token() };
  const keepalive = body.length < LARGEST_ON_LEAVING;
  const answer = await fetch(url, { method: "POST", headers, body, keepalive }).catch(() => null);
  if (answer?.status === 204) onDone();
  else if (answer?.status === 403) onForbidden();
}

export function remove(words, form, window) {
  cancel();
  if (!words.autosave) return;
  discarded.add(window);
  fetch(address(words, form, window), { method: "DELETE", headers: { "X-CSRFToken": token() }, keepalive: true }).catch(() => {});
}

export async function isSignedOut(words, form) {
  const answer = await fetch(address(words, form), { headers: { Accept: "application/json" } }).catch(() => null);
  return Boolean(answer?.redirected) || answer?.status === 403;
}

export async function list(words, form) {
  if (!words.autosave) return [];
  const answer = await fetch(address(words, form), { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return [];
  const gone = discarded.all();
  return (await answer.json()).drafts.filter(({ id }) => !gone.includes(id));
}
