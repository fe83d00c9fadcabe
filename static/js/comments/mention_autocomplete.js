// Autocompletes names of the thread after `@`. It pauses while an input method composes.

import { replaceText } from "../text_editing.js";
import { interpolate } from "../live_page.js";
import { request } from "./api.js";
import { dataset, postApi } from "./dom.js";

const DELAY = 120; // milliseconds after the last key
const MENTION = /[@＠]([^@＠\n]{0,30})$/;
const WORD = /[\p{L}\p{M}\p{N}_./@＠]/u;
const UNSPACED = /[\u2e80-\u9fff\uac00-\ud7af]/;
let lastId = 0;

// The beginning of a name before the caret; null where the `@` is part of an e-mail address or URL.
function partialName(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  const before = area.value.slice(0, area.selectionStart);
  const found = MENTION.exec(before);
  const last = found && before[found.index - 1];
  return !found || (last && WORD.test(last) && !UNSPACED.test(last)) ? null : { query: found[1], start: found.index };
}

export function addAutocomplete(area) {
  lastId += 1;
  const listbox = Object.assign(document.createElement("ul"), {
    className: "mentions",
    id: `_people-${lastId}`,
    hidden: true,
  });
  const status = area.form.querySelector(".mention-status");
  let timer = 0;
  let lastRequest = 0;
  let unmatched = null; // a prefix that no name has
  let selected = -1;
  listbox.role = "listbox";
  listbox.ariaLabel = dataset.people;
  area.after(listbox);
  area.setAttribute("aria-autocomplete", "list");

  function close() {
    lastRequest += 1;
    clearTimeout(timer);
    if (listbox.hidden) return;
    listbox.hidden = true;
    status.textContent = "";
    for (const name of [
      "role",
      "aria-multiline",
      "aria-expanded",
      "aria-controls",
      "aria-haspopup",
      "aria-activedescendant",
    ])
      area.removeAttribute(name);
  }

  function select(index) {
    selected = (index + listbox.children.length) % listbox.children.length;
    for (const [i, option] of [...listbox.children].entries())
      option.setAttribute("aria-selected", String(i === selected));
    area.setAttribute("aria-activedescendant", listbox.children[selected].id);
    listbox.children[selected].scrollIntoView({ block: "nearest" });
  }

  function open(people) {
    const options = people.map((person, i) => {
      const option = Object.assign(document.createElement("li"), { id: `${listbox.id}-${i}` });
      option.role = "option";
      option.dataset.mention = person.mention;
      const name = Object.assign(document.createElement("bdi"), { textContent: person.name });
      if (person.avatar)
        option.append(Object.assign(new Image(24, 24), { className: "avatar", src: person.avatar, alt: "" }));
      option.append(name);
      return option;
    });
    listbox.replaceChildren(...options);
    listbox.hidden = false;
    const states = {
      role: "combobox",
      "aria-multiline": "true",
      "aria-expanded": "true",
      "aria-controls": listbox.id,
      "aria-haspopup": "listbox",
    };
    for (const [name, value] of Object.entries(states)) area.setAttribute(name, value);
    status.textContent = interpolate(dataset.namesFound, { n: people.length });
    select(0);
  }

  async function search() {
    const partial = partialName(area);
    if (!partial || (unmatched !== null && partial.query.startsWith(unmatched))) return close();
    lastRequest += 1;
    const current = lastRequest;
    try {
      const { people } = await request(`${postApi}people/?${new URLSearchParams({ q: partial.query })}`);
      if (current !== lastRequest || document.activeElement !== area) return;
      unmatched = people.length ? null : partial.query;
      if (people.length) open(people);
      else close();
    } catch {
      close(); // without suggestions the name is typed in full
    }
  }

  function insert(option) {
    const partial = partialName(area);
    area.focus();
    if (partial) replaceText(area, partial.start, area.selectionStart, `${option.dataset.mention} `);
    close();
  }

  function onInput(event) {
    clearTimeout(timer);
    if (event.isComposing) return;
    if (partialName(area)) timer = setTimeout(search, DELAY);
    else {
      unmatched = null;
      close();
    }
  }

  area.addEventListener("input", onInput);
  area.addEventListener("compositionend", () => onInput({}));
  area.addEventListener("compositionstart", close);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (listbox.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      ArrowDown: () => select(selected + 1),
      ArrowUp: () => select(selected - 1),
      Enter: () => insert(listbox.children[selected]),
      Tab: () => insert(listbox.children[selected]),
      Escape: close,
    };
    if (!keys[event.key] || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  onInput({}); // for text that was typed before this module was loaded
  listbox.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the caret stays where it is
  });
  listbox.addEventListener("click", ({ target }) => target.closest("li") && insert(target.closest("li")));
}
