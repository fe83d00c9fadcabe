// Requests to the site, and who makes them.

import { words } from "./page.js";

export const me = { user: null, guest: null, held: [], csrf: null, reactions: { post: null, comments: {} }, editable: {}, asked: 0 };
export const whenMet = [];

// By how much the server's clock is ahead of this one.
let ahead = 0;
export const minutesUntil = (time) => (Date.parse(time) - Date.now() - ahead) / 60000;

export async function ask(path, body, method = body ? "POST" : "GET") {
  const { response, said } = await send(path, body, method);
  if (response.ok && said) return said;
  if (method !== "GET" && said?.error?.code === "permission_denied") {
    await meet(); // signed in or out in another window since
    const again = await send(path, body, method);
    if (again.response.ok && again.said) return again.said;
  }
  throw Object.assign(new Error(`${response.status} ${path}`), { status: response.status, said: said?.error });
}

async function send(path, body, method) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (body) headers["Content-Type"] = "application/json";
  if (me.csrf && method !== "GET") headers["X-CSRFToken"] = me.csrf;
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  let said = response.status === 204 ? {} : null;
  try {
    said ??= await response.json();
  } catch {
    // A proxy's own page, or a cut: the status says enough.
  }
  const date = Date.parse(response.headers.get("Date"));
  if (date) ahead = date - Date.now();
  return { response, said };
}

export async function meet() {
  const asked = Date.now();
  Object.assign(me, await ask(`/api/me/?post=${words.post}`), { asked });
  for (const greet of whenMet) greet();
}

// What to tell somebody whose deed was not taken.
export function reason(error) {
  if (!error.status) return words.offline;
  return error.said && error.status < 500 ? error.said.message : words.failed;
}
