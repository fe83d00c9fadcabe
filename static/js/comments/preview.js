// The preview of a comment. Loaded when its button is pressed.

import { request } from "./api.js";
import { dataset } from "./dom.js";

export async function preview(form) {
  const box = form.querySelector(".comment-preview");
  const { html } = await request("/api/markdown/", { text: form.elements.text.value, post: dataset.postSlug });
  box.innerHTML = html || dataset.empty; // sanitized by the server
  box.hidden = false;
}
