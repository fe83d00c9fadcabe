// The comment form: new comments and replies, drafts and errors.

import { interpolate } from "../live_page.js";
import { errorMessage, isOutage, loadViewer, onViewerLoaded, request, viewer } from "./api.js";
import { bodyOf, dataset, findComment, focusComment, idOf, postApi, section, template } from "./dom.js";
import { getDraft, getGuest, saveDraft, setItem, switchAccount } from "./draft_storage.js";
import { events, ownComments } from "./events.js";
import { onRendered, renderComment, setCommentCount } from "./thread.js";

const FIELDS = ["text", "name", "email"];
// The ticket expires on the server; the page may be open for hours.
const TICKET_LIFETIME = 30 * 60_000; // milliseconds

// `key` names the draft. Without `onCancel` there is no Cancel button.
export function createForm({ key, text = getDraft(key), submit, onCancel }) {
  const form = template("form").firstElementChild.cloneNode(true);
  for (const name of ["id", "for", "aria-describedby"]) {
    for (const element of form.querySelectorAll(`[${name}]`))
      element.setAttribute(name, `${element.getAttribute(name)}-${key}`);
  }
  const area = form.elements.text;
  form.dataset.key = key;
  area.value = text;
  area.addEventListener("input", () => saveDraft(key, area.value));
  area.addEventListener("focus", async () => (await import("./mention_autocomplete.js")).addAutocomplete(area), {
    once: true,
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isPreview = event.submitter?.value === "preview";
    run(form, isPreview ? async () => (await import("./preview.js")).preview(form) : submit);
  });
  const cancel = form.querySelector(".form-cancel");
  if (!onCancel) cancel.remove();
  else {
    cancel.addEventListener("click", () => {
      saveDraft(key, "");
      form.remove();
      onCancel();
    });
  }
  return form;
}

async function run(form, action) {
  if (form.ariaBusy === "true") return;
  const buttons = form.querySelectorAll(".form-buttons button");
  form.ariaBusy = "true";
  for (const button of buttons) button.disabled = true;
  try {
    await action(form);
    showErrors(form, null);
  } catch (error) {
    showErrors(form, error);
  } finally {
    form.ariaBusy = "false";
    for (const button of buttons) button.disabled = false;
  }
}

// Each error stands beside its field; others stand above the fields.
function showErrors(form, error) {
  const fields = error?.details?.fields || {};
  let hasFieldError = false;
  for (const name of FIELDS) {
    const input = form.elements[name];
    if (!input) continue;
    const text = fields[name]?.[0] || "";
    hasFieldError ||= Boolean(text);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    input.closest(".field").querySelector(".field-error").textContent = text;
  }
  const general = !error || hasFieldError ? "" : Object.values(fields).flat()[0] || errorMessage(error);
  form.querySelector(".form-error").textContent = general;
  if (!error) return;
  if (isOutage(error)) form.querySelector(".form-status").textContent = dataset.draftSaved;
  form.querySelector('[aria-invalid="true"]')?.focus();
}

function addForm(parent = 0) {
  const item = findComment(parent);
  const form = createForm({
    key: parent,
    submit: (form) => submit(form, parent),
    onCancel: parent && (() => bodyOf(findComment(parent))?.querySelector(".comment-reply")?.focus()),
  });
  const { email, name, parent: parentField } = form.elements;
  const guest = getGuest();
  parentField.value = parent || "";
  name.value = guest.name || "";
  email.value = guest.email || "";
  email.addEventListener("input", () => showNotifyOption(form));
  if (item) {
    form.classList.add("is-reply");
    bodyOf(item).append(form);
  } else section.querySelector(".write-comment").replaceWith(form);
  showViewer(form);
  return form;
}

function showViewer(form) {
  const { name, notify } = form.elements;
  if (viewer.user) {
    form.querySelector(".guest-fields")?.remove();
    form.querySelector(".sign-in")?.remove();
    const line = form.querySelector(".commenting-as");
    line.hidden = false;
    line.textContent = interpolate(dataset.commentingAs, { name: viewer.user.name });
    if (notify && !("hasViewer" in form.dataset)) notify.checked = viewer.notify;
    form.dataset.hasViewer = "";
  } else if (viewer.guest && name?.value === "") name.value = viewer.guest.name;
  showNotifyOption(form);
}

// Notifications are offered to those who have an e-mail address.
function showNotifyOption({ elements: { notify, email } }) {
  if (notify) notify.parentElement.hidden = viewer.user ? viewer.notify === null : !email?.value;
}

function requestBody({ elements }, parent) {
  const { text, name, email, notify, website } = elements;
  const body = { text: text.value, parent: parent || null, ticket: viewer.ticket };
  if (notify && !notify.parentElement.hidden) body.notify = notify.checked;
  if (website.value) body.website = website.value;
  return viewer.user ? body : { ...body, name: name?.value, email: email?.value };
}

async function submit(form, parent) {
  const { name, email } = form.elements;
  if (!viewer.user) setItem("guest", JSON.stringify({ name: name?.value, email: email?.value }));
  if (Date.now() - viewer.loadedAt > TICKET_LIFETIME) await loadViewer().catch(() => {}); // post() shows the error
  const body = requestBody(form, parent);
  ownComments.sending = body.text.trim();
  try {
    onPosted(form, parent, await post(form, body));
  } finally {
    ownComments.sending = null;
  }
}

// During a spam wave the server asks for a proof of work.
async function post(form, body) {
  const status = form.querySelector(".form-status");
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await request(`${postApi}comments/`, body);
    } catch (error) {
      if (error.details?.code !== "proof_wanted" || attempt > 1) throw error;
      status.textContent = dataset.working;
      const { solve } = await import("./proof_of_work.js");
      body.proof = await solve(error.details.challenge, error.details.bits);
    } finally {
      status.textContent = "";
    }
  }
}

function onPosted(form, parent, comment) {
  ownComments.ids.add(comment.id);
  saveDraft(parent, "");
  if (renderComment(comment) && comment.state === "visible" && comment.n > events.last) {
    setCommentCount(Number(section.querySelector(".comment-count").textContent) + 1);
  }
  if (parent) form.remove();
  else {
    form.elements.text.value = "";
    form.querySelector(".comment-preview").hidden = true;
  }
  focusComment(findComment(comment.id));
  loadViewer().catch(() => {}); // only adds the buttons to edit and delete it
}

export function openReplyForm(item) {
  return bodyOf(item).querySelector(":scope > .comment-form.is-reply") || addForm(idOf(item));
}

function openDrafts() {
  for (const item of section.querySelectorAll(".comments .comment"))
    if (bodyOf(item) && getDraft(idOf(item))) openReplyForm(item);
}

export function start() {
  if (!template("form")) return; // comments are closed
  section.addEventListener("click", (event) => {
    if (!event.target.closest(".comment-reply") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openReplyForm(event.target.closest(".comment")).elements.text.focus();
  });
  addForm();
  onRendered.push((item, { id }) => {
    if (bodyOf(item) && getDraft(id) && !item.matches(".is-pending")) openReplyForm(item);
  });
  openDrafts();
  onViewerLoaded.push(() => {
    const forms = section.querySelectorAll(".comment-form:not(.is-edit)");
    switchAccount(viewer.user, forms);
    forms.forEach(showViewer);
    openDrafts();
  });
}
