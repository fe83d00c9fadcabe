// Requests to the API, and the viewer: who makes them.

import { dataset } from "./dom.js";

export const viewer = { pending: [], reactions: { comments: {} }, editable: {}, loadedAt: 0 };
export const onViewerLoaded = []; // callbacks

let clockOffset = 0; // milliseconds by which the server's clock is ahead
export const minutesUntil = (time) => (Date.parse(time) - Date.now() - clockOffset) / 60000;

// Resolves to the response's JSON. Errors have a `status`, 0 for no response, and as `details` the API's `error` object.
export async function request(path, body, method = body ? "POST" : "GET", isRetry = false) {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang };
  if (body) headers["Content-Type"] = "application/json";
  if (viewer.csrf && method !== "GET") headers["X-CSRFToken"] = viewer.csrf;
  const options = { method, headers, body: body && JSON.stringify(body), cache: "no-store" };
  const response = await fetch(path, options).catch((error) => {
    throw Object.assign(error, { status: 0 });
  });
  const { ok, status } = response;
  const date = Date.parse(response.headers.get("Date"));
  if (date) clockOffset = date - Date.now();
  const json = status === 204 ? {} : await response.json().catch(() => null); // null: not the API's own response
  if (ok && json) return json;
  if (!isRetry && method !== "GET" && json?.error?.code === "permission_denied") {
    await loadViewer(); // signed in or out in another window
    return request(path, body, method, true);
  }
  throw Object.assign(new Error(`${status} ${path}`), { status, details: json?.error });
}

export async function loadViewer() {
  const loadedAt = Date.now();
  Object.assign(viewer, await request(`/api/me/?post=${dataset.pageId}`), { loadedAt });
  for (const callback of onViewerLoaded) callback();
}

export const isOutage = ({ status }) => status === 0 || status >= 500;

// The message for a failed request. Other errors go to the console.
export function errorMessage(error) {
  if (error.status === undefined) throw error;
  if (!error.status) return dataset.offline;
  return (!isOutage(error) && error.details?.message) || dataset.unavailable;
}
