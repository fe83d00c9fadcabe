// What the browser keeps: drafts, the guest's name, the order chosen. It may be told to keep nothing.

export function get(key) {
  try {
    return localStorage.getItem(key) || "";
  } catch {
    return "";
  }
}

export function set(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // Then it lasts as long as the page.
  }
}

export function guest() {
  try {
    return JSON.parse(get("guest") || "{}");
  } catch {
    return {};
  }
}
