// How many people read the post, and who is typing. Loaded only where the site shows it.

import { interpolate, language } from "../live_page.js";
import { request, viewer } from "./api.js";
import { dataset, postApi, section } from "./dom.js";

const TYPING_INTERVAL = 4000; // milliseconds; the server forgets a name after eight seconds
const line = section.querySelector(".presence");
const nameList = new Intl.ListFormat(language);
const lastSent = { at: 0, name: "" };

export function showPresence({ reading = 0, writing = [] }) {
  const others = writing.filter((name) => name !== lastSent.name);
  const parts = [];
  if (reading > 1) parts.push(interpolate(dataset.readerCount, { n: reading }));
  if (others.length) {
    const text = others.length > 1 ? dataset.manyTyping : dataset.oneTyping;
    parts.push(interpolate(text, { names: nameList.format(others) }));
  }
  line.textContent = parts.join(" · ");
}

section.addEventListener("input", ({ target }) => {
  if (target.name !== "text" || Date.now() - lastSent.at < TYPING_INTERVAL) return;
  const name = viewer.user?.name || target.form.elements.name?.value;
  Object.assign(lastSent, { at: Date.now(), name });
  request(`${postApi}writing/`, viewer.user ? {} : { name }).catch(() => {}); // the next one may arrive
});
