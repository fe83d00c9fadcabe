// A form of the admin in which somebody writes: warns before unsaved changes are left, keeps them in the browser, and
// offers them again after a crash, an expired session, or a closed tab.

import { replaceText } from "../text_editing.js";
import * as drafts from "./drafts.js";
import * as server from "./autosave.js";

const PAUSE = 400;
const OWN = new Set(["csrfmiddlewaretoken", "account", "draft", "form_version"]);

const words = document.getElementById("editor-words")?.dataset;
const form = document.querySelector("[name=form_version]")?.form;
if (words && form) start();

function start() {
  const name = `${words.model}:${words.object || "new"}`;
  const version = form.elements.form_version;
  const note = document.createElement("div");
  note.className = "editor-note";
  note.setAttribute("role", "status");
  form.before(note);

  const controls = () => [...form.elements].filter(
    ({ name, type, dataset }) => name && !OWN.has(name) && !("document" in dataset) && !/__prefix__|^keep-/.test(name) && !/^(hidden|submit|button|password|fieldset|reset)$/.test(type),
  );
  const isUnsent = () => form.querySelector("[data-document=unsent]") !== null; // a text that is no part of the draft
  const isChanged = () => "unsaved" in words || controls().some(differs);

  // One draft for each tab, so that two tabs do not overwrite each other's. A duplicated tab brings its twin's id.
  const place = `frodo-draft:${location.pathname}`;
  const openedAt = Date.now();
  let id = safely(() => sessionStorage.getItem(place)) || newId();
  let key = drafts.keyOf(name, id);
  let isKept = false;
  let isLeaving = false;
  let timer;

  function keep() {
    clearTimeout(timer);
    if (isLeaving) return;
    if (!isChanged()) {
      if (isKept) {
        drafts.remove(key);
        server.remove(words, name, id);
      }
      isKept = false;
      return;
    }
    const draft = { at: Date.now(), version: version.value, ...content() };
    const isWritten = drafts.write(key, draft);
    isKept = true;
    // By this the server knows that the browser has the text, whatever becomes of the request.
    form.elements.draft.value = isWritten ? `${id}-${draft.at}` : "";
    if (!isWritten) note.textContent = words.full;
    server.send(words, name, id, draft, showAutosaved, askToSignIn);
  }

  function showAutosaved() {
    const line = form.querySelector(".writing-saved");
    const time = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { timeStyle: "short" }).format();
    if (line) line.textContent = words.autosaved.replace("{time}", time);
  }

  // In a window of its own: the text stays where it is.
  function askToSignIn() {
    if (note.querySelector(".sign-in")) return;
    const line = Object.assign(document.createElement("p"), { className: "sign-in" });
    line.append(words.signedOut, " ", makeButton(words.signIn, () => {
      const popup = open(words.signInUrl, "sign-in", "popup,width=480,height=700");
      const done = new URL(words.signInUrl, location).searchParams.get("next");
      const timer = setInterval(() => {
        if (!popup.closed && safely(() => popup.location.pathname) !== done) return;
        clearInterval(timer);
        popup.close();
        line.remove();
        keep();
      }, 300);
    }));
    note.append(line);
  }
  form.addEventListener("forbidden", askToSignIn);
  form.addEventListener("disconnected", async () => (await server.isSignedOut(words, name)) && askToSignIn());

  function content() {
    const fields = {};
    for (const control of controls()) {
      if (control.type === "file") continue;
      fields[control.name] ??= [];
      fields[control.name].push(controlValue(control));
    }
    const rows = {};
    for (const { name, value } of form.querySelectorAll("[name$=-TOTAL_FORMS]")) rows[name] = value;
    return { fields, rows };
  }

  function restore(draft) {
    for (const [total, n] of Object.entries(draft.rows || {})) {
      const more = document.querySelector(`#${CSS.escape(total.replace(/-TOTAL_FORMS$/, "-group"))} .add-row a`);
      while (more && Number(form.elements[total]?.value) < Number(n)) more.click();
    }
    const values = structuredClone(draft.fields);
    for (const control of controls()) if (values[control.name]?.length) put(control, values[control.name].shift());
    version.value = draft.version;
    if (draft.key !== key) forgetDraft(draft);
    keep();
    note.textContent = words.restored;
    (form.elements.text?.closest(".writing") || form).scrollIntoView({ block: "nearest" });
  }

  function offer(draft) {
    const line = document.createElement("p");
    const when = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" });
    line.append((draft.isElsewhere ? words.foundElsewhere : words.found).replace("{time}", when.format(draft.at)), " ");
    if (draft.version !== version.value) line.append(words.outdated, " ");
    const discard = makeButton(words.discard, () => {
      if (!confirm(words.discardQuestion)) return;
      line.remove();
      forgetDraft(draft);
    });
    discard.classList.add("plain");
    line.append(makeButton(words.restore, () => { line.remove(); restore(draft); }), " ", discard, " ");
    const beginning = String(draft.fields.text?.[0] ?? draft.fields.description?.[0] ?? "").trim().slice(0, 120);
    if (beginning) line.append(Object.assign(document.createElement("q"), { textContent: beginning }));
    note.append(line);
  }

  function forgetDraft(draft) {
    drafts.remove(draft.key);
    server.remove(words, name, draft.id);
  }

  async function meet() {
    if (!(await claim())) {
      id = newId();
      key = drafts.keyOf(name, id);
      await claim();
    }
    safely(() => sessionStorage.setItem(place, id));
    const open = await openElsewhere();
    const here = JSON.stringify(content().fields);
    const local = safely(() => drafts.list(name)) || [];
    const elsewhere = (await server.list(words, name)).filter((draft) => !local.some(({ id }) => id === draft.id));
    const all = [...local, ...elsewhere.map((draft) => ({ ...draft, key: drafts.keyOf(name, draft.id), isElsewhere: true }))];
    for (const draft of all) {
      const isOwn = draft.key === key && draft.at >= openedAt; // typed while the server was asked
      if (!draft.fields || open.has(draft.key) || isOwn) continue;
      if (JSON.stringify(draft.fields) === here) forgetDraft(draft);
      else if (draft.key !== key || !("unsaved" in words)) offer(draft);
    }
    if ("unsaved" in words) keep();
  }
  meet();

  // A lock for as long as the page is open tells other tabs that its draft is not an orphan.
  function claim() {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      navigator.locks.request(key, { ifAvailable: true }, (lock) => {
        resolve(Boolean(lock));
        return lock && new Promise(() => {});
      });
    });
  }

  async function openElsewhere() {
    const held = (await navigator.locks?.query())?.held || [];
    return new Set(held.map((lock) => lock.name).filter((name) => name !== key));
  }

  // Widgets of the admin (select2, the calendar) change fields without an event; the click that made them do it is one.
  const later = ({ isTrusted }) => {
    if (isTrusted) isLeaving = false; // not where another's change arrives while the form is being sent
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  for (const type of ["input", "change", "focusout"]) form.addEventListener(type, later);
  document.addEventListener("click", later);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  addEventListener("pagehide", keep);
  addEventListener("beforeunload", (event) => {
    if (isLeaving || !(isChanged() || isUnsent())) return;
    keep();
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || event.shiftKey || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    (form.querySelector("[data-save]") || form.elements._continue?.[0] || form.elements._continue)?.click();
  });
  addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    keep();
    if (form.querySelector("[data-document]")) form.elements.draft.value ||= `${id}-${Date.now()}`; // kept as a document
    server.cancel();
    // Signing in again, in another tab, has made another token.
    const token = document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1];
    if (token) form.elements.csrfmiddlewaretoken.value = token;
    clearTimeout(timer);
    isLeaving = true;
  });
}

function makeButton(text, onClick) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: text });
  made.addEventListener("click", onClick);
  return made;
}

function newId() {
  return Math.random().toString(36).slice(2) + Date.now().toString(36);
}

// Null where the browser is told to keep nothing.
function safely(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

function differs(control) {
  if (control.type === "file") return control.files.length > 0;
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.type === "select-one") {
    const chosen = [...control.options].findLastIndex((option) => option.defaultSelected);
    return control.options.length > 0 && control.selectedIndex !== Math.max(chosen, 0);
  }
  if (control.options) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  return control.value !== control.defaultValue;
}

function controlValue(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked;
  if (control.options) return [...control.selectedOptions].map((option) => [option.value, option.text]);
  return control.value;
}

function put(control, value) {
  if (control.type === "file") return;
  if (control.type === "checkbox" || control.type === "radio") control.checked = value;
  else if (control.options) {
    for (const option of control.options) option.selected = false;
    for (const [key, text] of value) {
      const found = [...control.options].find((option) => option.value === key);
      if (found) found.selected = true;
      else control.add(new Option(text, key, false, true)); // a tag that select2 had fetched
    }
  } else if (control.type === "textarea") {
    if (control.value === value) return;
    if (!("editor" in control.dataset)) {
      replaceText(control, 0, control.value.length, value);
      return;
    }
    control.value = value; // the editor in its place takes it over
  } else control.value = value;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}
