// Names of the thread, offered after an `@`. Nothing stirs while an input method composes.

import { address, tell, words } from "./page.js";
import { ask } from "./server.js";

const PAUSE = 120;
const AT = /[@＠]([^@＠\n]{0,30})$/;
const WORD = /[\p{L}\p{N}_.\/@＠]/u;
const UNSPACED = /[\u2e80-\u9fff\uac00-\ud7af]/;
let numbers = 0;

// What is being typed before the caret as a name; null where the `@` is part of an address.
function typed(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  const before = area.value.slice(0, area.selectionStart);
  const found = AT.exec(before);
  const last = found && before[found.index - 1];
  return !found || (last && WORD.test(last) && !UNSPACED.test(last)) ? null : { query: found[1], start: found.index };
}

export function complete(area) {
  const box = Object.assign(document.createElement("ul"), { className: "mentions", id: `_people-${(numbers += 1)}`, hidden: true });
  const status = area.form.querySelector(".mention-status");
  let timer = 0;
  let latest = 0;
  let nobody = null; // a beginning that no name has
  let at = -1;
  box.role = "listbox";
  box.ariaLabel = words.people;
  area.after(box);
  area.setAttribute("aria-autocomplete", "list");

  function close() {
    latest += 1;
    clearTimeout(timer);
    if (box.hidden) return;
    box.hidden = true;
    status.textContent = "";
    for (const name of ["role", "aria-multiline", "aria-expanded", "aria-controls", "aria-haspopup", "aria-activedescendant"]) area.removeAttribute(name);
  }

  function choose(index) {
    at = (index + box.children.length) % box.children.length;
    [...box.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    area.setAttribute("aria-activedescendant", box.children[at].id);
    box.children[at].scrollIntoView({ block: "nearest" });
  }

  function open(people) {
    const options = people.map((person, i) => {
      const option = Object.assign(document.createElement("li"), { id: `${box.id}-${i}` });
      option.role = "option";
      option.dataset.mention = person.mention;
      const name = Object.assign(document.createElement("bdi"), { textContent: person.name });
      if (person.avatar) option.append(Object.assign(new Image(24, 24), { className: "avatar", src: person.avatar, alt: "" }));
      option.append(name);
      return option;
    });
    box.replaceChildren(...options);
    box.hidden = false;
    const states = { role: "combobox", "aria-multiline": "true", "aria-expanded": "true", "aria-controls": box.id, "aria-haspopup": "listbox" };
    for (const [name, value] of Object.entries(states)) area.setAttribute(name, value);
    status.textContent = tell(words.offered, { n: people.length });
    choose(0);
  }

  async function look() {
    const word = typed(area);
    if (!word || (nobody !== null && word.query.startsWith(nobody))) return close();
    const mine = (latest += 1);
    try {
      const { people } = await ask(`${address}people/?${new URLSearchParams({ q: word.query })}`);
      if (mine !== latest || document.activeElement !== area) return;
      nobody = people.length ? null : word.query;
      if (people.length) open(people);
      else close();
    } catch {
      close(); // then the name is typed to its end
    }
  }

  function take(option) {
    const word = typed(area);
    if (word) area.setRangeText(`${option.dataset.mention} `, word.start, area.selectionStart, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }

  function later(event) {
    clearTimeout(timer);
    if (event.isComposing) return;
    if (typed(area)) timer = setTimeout(look, PAUSE);
    else {
      nobody = null;
      close();
    }
  }

  area.addEventListener("input", later);
  area.addEventListener("compositionend", () => later({}));
  area.addEventListener("compositionstart", close);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (box.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const deeds = {
      ArrowDown: () => choose(at + 1),
      ArrowUp: () => choose(at - 1),
      Enter: () => take(box.children[at]),
      Tab: () => take(box.children[at]),
      Escape: close,
    };
    if (!deeds[event.key] || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    deeds[event.key]();
  });
  later({}); // what was typed before all this was here
  box.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // the caret stays where it is
  });
  box.addEventListener("click", ({ target }) => target.closest("li") && take(target.closest("li")));
}
