// Writing a comment or an answer.

import { events, own } from "./events.js";
import { draftOf, field, keepDraft, makeForm } from "./form.js";
import * as kept from "./kept.js";
import { address, box, find, goTo, idOf, pattern, saidOf, tell, words } from "./page.js";
import { ask, me, meet, whenMet } from "./server.js";
import { count, show, whenShown } from "./thread.js";

// A page may lie open for hours before one writes.
const TICKET_MINUTES = 30;
let met = 0;

export function addForm(parent = 0) {
  const item = find(parent);
  const form = makeForm({
    key: parent,
    send: (form) => send(form, parent),
    cancel: parent && (() => saidOf(find(parent))?.querySelector(".comment-answer")?.focus()),
  });
  const email = field(form, "email");
  const guest = kept.guest();
  field(form, "parent").value = parent || "";
  field(form, "name").value = guest.name || "";
  email.value = guest.email || "";
  email.addEventListener("input", () => offerMail(form));
  if (item) {
    form.classList.add("is-answer");
    saidOf(item).append(form);
  } else box.querySelector(".write-comment").replaceWith(form);
  knowWriter(form);
  return form;
}

function knowWriter(form) {
  if (me.user) {
    form.querySelector(".comment-who")?.remove();
    form.querySelector(".sign-in")?.remove();
    const line = form.querySelector(".writes-as");
    line.hidden = false;
    line.textContent = tell(words.writesAs, { name: me.user.name });
    if (field(form, "notify") && !("known" in form.dataset)) field(form, "notify").checked = me.notify;
    form.dataset.known = "";
  } else if (me.guest && field(form, "name")?.value === "") field(form, "name").value = me.guest.name;
  offerMail(form);
}

// Mail about answers is offered to who can be reached by it.
function offerMail(form) {
  const choice = field(form, "notify");
  if (choice) choice.parentElement.hidden = me.user ? me.notify === null : !field(form, "email")?.value;
}

function said(form, parent) {
  const value = (name) => field(form, name)?.value;
  const body = { text: value("text"), parent: parent || null, ticket: me.ticket };
  const notify = field(form, "notify");
  if (notify && !notify.parentElement.hidden) body.notify = notify.checked;
  if (value("website")) body.website = value("website");
  return me.user ? body : { ...body, name: value("name"), email: value("email") };
}

async function send(form, parent) {
  if (!me.user) kept.set("guest", JSON.stringify({ name: field(form, "name")?.value, email: field(form, "email")?.value }));
  if (Date.now() - met > TICKET_MINUTES * 60000) await meet().catch(() => {}); // sending says what is wrong
  const body = said(form, parent);
  own.sending = body.text.trim();
  try {
    const comment = await post(form, body);
    accepted(form, parent, comment);
  } finally {
    own.sending = null;
  }
}

// Where a flood is seen, each comment must have cost its sender some reckoning.
async function post(form, body) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask(`${address}comments/`, body);
    } catch (error) {
      if (error.said?.code !== "proof_wanted" || tries > 1) throw error;
      form.querySelector(".form-status").textContent = words.proving;
      const { solve } = await import("./proof.js");
      body.proof = await solve(error.said.challenge, error.said.bits);
    } finally {
      form.querySelector(".form-status").textContent = "";
    }
  }
}

function accepted(form, parent, comment) {
  own.ids.add(comment.id);
  keepDraft(parent, "");
  if (show(comment) && comment.state === "visible" && comment.n > events.last) {
    count(Number(box.querySelector(".comment-count").textContent) + 1);
  }
  if (parent) form.remove();
  else {
    field(form, "text").value = "";
    form.querySelector(".comment-preview").hidden = true;
  }
  goTo(find(comment.id));
  meet().catch(() => {}); // then it can be changed after the page was loaded anew
}

export function answer(item) {
  return saidOf(item).querySelector(":scope > .comment-form.is-answer") || addForm(idOf(item));
}

export function start() {
  if (!pattern("form")) return;
  box.addEventListener("click", (event) => {
    if (!event.target.closest(".comment-answer") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    field(answer(event.target.closest(".comment")), "text").focus();
  });
  addForm();
  whenShown.push((item, { id }) => {
    if (saidOf(item) && draftOf(id) && !item.matches(".is-held")) answer(item);
  });
  for (const item of box.querySelectorAll(".comments .comment")) if (saidOf(item) && draftOf(idOf(item))) answer(item);
  whenMet.push(() => {
    met = Date.now();
    for (const form of box.querySelectorAll(".comment-form:not(.is-change)")) knowWriter(form);
  });
}
