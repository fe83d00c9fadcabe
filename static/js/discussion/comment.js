// One comment in the page, as the server tells it.

import { find, language, pattern, saidOf, words } from "./page.js";
import * as reactions from "./reactions.js";

const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const texts = new Map();

export const answersOf = (item) => [...item.children].find((child) => child.matches(".answers"));
export const textOf = (id) => texts.get(id);
export const blank = () => {
  const item = pattern("comment").firstElementChild.cloneNode(true);
  answersOf(item)?.remove();
  return item;
};

// In the reader's own time zone; the server knows only the site's.
export const tellTime = (time) => (time.textContent = when.format(new Date(time.dateTime)));

export function fill(item, comment, isNew) {
  const gone = item.querySelector(":scope > .comment-gone");
  const fresh = isNew ? item : pattern("comment").firstElementChild;
  if (comment.state === "removed") {
    saidOf(item)?.remove();
    if (!gone) item.prepend(fresh.querySelector(".comment-gone").cloneNode(true));
    return;
  }
  gone?.remove();
  if (!saidOf(item)) item.prepend(saidOf(fresh).cloneNode(true));
  else if (!isNew) saidOf(item).querySelector("header").replaceWith(fresh.querySelector("header").cloneNode(true));
  const said = saidOf(item);
  const part = (name) => said.querySelector(`.comment-${name}`);
  texts.set(comment.id, comment.text);
  sign(item, comment, part);
  const time = part("time");
  time.hash = item.id;
  time.firstElementChild.dateTime = comment.created_at;
  tellTime(time.firstElementChild);
  if (!comment.edited_at) part("edited").remove();
  part("text").innerHTML = comment.html; // made safe by the server
  const answer = part("answer");
  if (answer) answer.search = `?parent=${comment.id}`;
  hold(item, comment.state === "held");
  nameParent(item);
  reactions.fill(item, comment.reactions);
}

function sign(item, { author, pinned, featured, score }, part) {
  part("name").textContent = author.name;
  if (/^https?:/i.test(author.url || "")) {
    const link = document.createElement("a");
    Object.assign(link, { href: author.url, rel: "nofollow ugc noopener", textContent: author.name });
    part("name").replaceChildren(link);
  }
  if (author.avatar) part("avatar").src = author.avatar;
  else part("avatar").remove();
  const marks = { badge: author.is_author, pinned, featured };
  for (const [name, holds] of Object.entries(marks)) if (!holds) part(name).remove();
  item.classList.toggle("by-author", author.is_author);
  item.classList.toggle("is-featured", Boolean(featured));
  item.toggleAttribute("data-pinned", Boolean(pinned));
  item.dataset.score = score || 0;
}

function hold(item, isHeld) {
  const said = saidOf(item);
  item.classList.toggle("is-held", isHeld);
  said.querySelector(".comment-held")?.remove();
  if (!isHeld) return;
  const note = document.createElement("p");
  Object.assign(note, { className: "comment-held", textContent: words.held });
  said.querySelector(".comment-text").after(note);
}

// Deep answers stand beside what they answer, and name it.
function nameParent(item) {
  const link = saidOf(item).querySelector(".comment-to");
  const parent = find(item.dataset.parent);
  if (!parent || answersOf(parent) === item.parentElement) {
    link.remove();
    return;
  }
  link.hash = parent.id;
  link.querySelector("bdi").textContent = saidOf(parent)?.querySelector(".comment-name").textContent.trim() || "";
}
