// A form to write in: its draft, its preview, its errors. What becomes of the words is for who makes it.

import * as kept from "./kept.js";
import { pattern, words } from "./page.js";
import { ask, reason } from "./server.js";

const FIELDS = ["text", "name", "email"];
const KEY = `draft:${words.post}:`;

export const field = (form, name) => form.elements.namedItem(name);
export const draftOf = (key) => kept.get(KEY + key);
export const keepDraft = (key, text) => kept.set(KEY + key, text);

export function makeForm({ key, text = draftOf(key), send, cancel }) {
  const form = pattern("form").firstElementChild.cloneNode(true);
  for (const name of ["id", "for", "aria-describedby"]) {
    for (const element of form.querySelectorAll(`[${name}]`)) element.setAttribute(name, `${element.getAttribute(name)}-${key}`);
  }
  const area = field(form, "text");
  area.value = text;
  area.addEventListener("input", () => keepDraft(key, area.value));
  area.addEventListener("focus", async () => (await import("./mentions.js")).complete(area), { once: true });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    busy(form, event.submitter?.value === "preview" ? preview : send);
  });
  const button = form.querySelector(".form-cancel");
  if (!cancel) button.remove();
  else {
    button.addEventListener("click", () => {
      keepDraft(key, "");
      form.remove();
      cancel();
    });
  }
  return form;
}

async function preview(form) {
  const shown = form.querySelector(".comment-preview");
  const { html } = await ask("/api/markdown/", { text: field(form, "text").value, post: words.slug });
  shown.innerHTML = html || words.nothing; // made safe by the server
  shown.hidden = false;
}

async function busy(form, work) {
  if (form.ariaBusy === "true") return;
  const buttons = form.querySelectorAll(".form-buttons button");
  form.ariaBusy = "true";
  for (const button of buttons) button.disabled = true;
  try {
    complain(form, await work(form));
  } catch (error) {
    complain(form, error);
  } finally {
    form.ariaBusy = "false";
    for (const button of buttons) button.disabled = false;
  }
}

// Each error beside its field; what belongs to none stands above them.
function complain(form, error) {
  const said = error?.said?.fields || {};
  let isBeside = false;
  for (const name of FIELDS) {
    const input = field(form, name);
    if (!input) continue;
    const text = said[name]?.[0] || "";
    isBeside ||= Boolean(text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    input.closest(".field").querySelector(".field-error").textContent = text;
  }
  const general = !error || isBeside ? "" : Object.values(said).flat()[0] || reason(error);
  form.querySelector(".form-error").textContent = general;
  if (error) form.querySelector('[aria-invalid="true"]')?.focus();
}

// Put words where one writes, and let it be known as if they had been typed.
export function insert(form, text) {
  const area = field(form, "text");
  const before = area.value.slice(0, area.selectionStart);
  const gap = before && !before.endsWith("\n") ? "\n\n" : "";
  area.setRangeText(gap + text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}
