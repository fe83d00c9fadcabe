// Quote, copy link and report. Loaded on the first click on one of them.

import { replaceText } from "../text_editing.js";
import { errorMessage, request } from "./api.js";
import { openReplyForm } from "./comment_form.js";
import { bodyOf, dataset, idOf, showToast } from "./dom.js";
import { sourceOf } from "./thread.js";

// Quotes the selected text, or else the whole comment.
export async function quote(item, selection) {
  const id = idOf(item);
  const source = async () => sourceOf(id) ?? (await request(`/api/comments/${id}/`)).text;
  const text = selection || (await source().catch(() => bodyOf(item).querySelector(".comment-text").innerText));
  const lines = text.trim().split(/\r?\n/);
  insert(openReplyForm(item).elements.text, `${lines.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`);
}

function insert(area, text) {
  const { value, selectionStart, selectionEnd } = area;
  const gap = selectionStart && value[selectionStart - 1] !== "\n" ? "\n\n" : "";
  area.focus();
  replaceText(area, selectionStart, selectionEnd, gap + text);
}

export async function copyLink(item) {
  try {
    await navigator.clipboard.writeText(new URL(`#${item.id}`, location).href);
    showToast(dataset.linkCopied);
  } catch {
    location.hash = item.id; // without access to the clipboard it can be copied from the address bar
  }
}

export async function report(item) {
  const reason = prompt(dataset.reportPrompt);
  if (reason === null) return;
  try {
    await request(`/api/comments/${idOf(item)}/report/`, { reason: reason.slice(0, 500) });
    showToast(dataset.reported);
  } catch (error) {
    showToast(errorMessage(error));
  }
}
