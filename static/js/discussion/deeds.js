// Quoting a comment, taking its address along, and asking the author to look at it. Fetched when one does.

import { textOf } from "./comment.js";
import { insert } from "./form.js";
import { idOf, notice, saidOf, words } from "./page.js";
import { ask, reason } from "./server.js";
import { answer } from "./writing.js";

// The words that were selected in it, else all of it.
export async function quote(item, chosen) {
  const whole = async () => textOf(idOf(item)) ?? (await ask(`/api/comments/${idOf(item)}/`)).text;
  const text = chosen || (await whole().catch(() => saidOf(item).querySelector(".comment-text").innerText));
  const lines = text.trim().split(/\r?\n/);
  insert(answer(item), `${lines.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`);
}

export async function copy(item) {
  try {
    await navigator.clipboard.writeText(new URL(`#${item.id}`, location).href);
    notice(words.copied);
  } catch {
    location.hash = item.id; // then it can be taken from the address line
  }
}

export async function report(item) {
  const why = prompt(words.why);
  if (why === null) return;
  try {
    await ask(`/api/comments/${idOf(item)}/report/`, { reason: why.slice(0, 500) });
    notice(words.reported);
  } catch (error) {
    notice(reason(error));
  }
}
