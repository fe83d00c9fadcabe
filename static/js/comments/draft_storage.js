// Drafts, the guest's name and the order, in localStorage.

import { dataset } from "./dom.js";

export function getItem(key) {
  try {
    return localStorage.getItem(key) || "";
  } catch {
    return "";
  }
}

export function setItem(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    // blocked
  }
}

export function getGuest() {
  try {
    return JSON.parse(getItem("guest") || "{}");
  } catch {
    return {};
  }
}

// Each account has its own drafts; a guest's drafts become the account's at sign-in.
let account = "";
const draftKey = (key, owner = account) => `draft:${dataset.postId}:${owner && `${owner}:`}${key}`;

export const getDraft = (key) => getItem(draftKey(key)) || getItem(draftKey(key, ""));

export function saveDraft(key, text) {
  setItem(draftKey(key), text);
  if (account) setItem(draftKey(key, ""), "");
}

// Shows this user's drafts in forms that were not changed since the page was loaded.
export function switchAccount(user, forms) {
  const next = user ? `account-${user.id}` : "";
  if (next === account) return;
  const untouched = [...forms].filter((form) => form.elements.text.value === getDraft(form.dataset.key));
  account = next;
  for (const form of untouched) form.elements.text.value = getDraft(form.dataset.key);
}
