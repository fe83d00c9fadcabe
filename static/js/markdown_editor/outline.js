// The headings of the text, to jump to.

import { EditorView, ensureSyntaxTree } from "../../vendor/codemirror.js";

const MOST_MILLISECONDS = 200;

// `{ level, text, from }` of each heading.
export function headings(state) {
  const found = [];
  ensureSyntaxTree(state, state.doc.length, MOST_MILLISECONDS)?.iterate({
    enter({ name, from, to }) {
      const level = name.match(/^(?:ATX|Setext)Heading(\d)$/)?.[1];
      if (!level) return name === "Document" ? undefined : false;
      const text = state.sliceDoc(from, to).split("\n")[0].replace(/^#+\s*|\s*#+\s*$/g, "");
      found.push({ level: Number(level), text, from });
      return false;
    },
  });
  return found;
}

export function outline(view, button, words) {
  const menu = document.createElement("div");
  menu.className = "writing-menu";
  menu.hidden = true;
  button.setAttribute("aria-expanded", "false");
  button.removeAttribute("aria-pressed");
  button.after(menu);

  function show(isOpen) {
    menu.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    const found = headings(view.state);
    menu.replaceChildren(...found.map(({ level, text, from }) => {
      const line = document.createElement("button");
      line.type = "button";
      line.dataset.level = level;
      line.textContent = text || "—";
      line.addEventListener("click", () => {
        show(false);
        view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "start", yMargin: 80 }) });
        view.focus();
      });
      return line;
    }));
    if (!found.length) menu.append(Object.assign(document.createElement("p"), { textContent: words.noHeadings }));
    place();
    menu.querySelector("button")?.focus();
  }

  // The toolbar scrolls sideways and would cut off what hangs below it.
  function place() {
    const { left, bottom } = button.getBoundingClientRect();
    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
    menu.style.top = `${bottom + 4}px`;
  }

  menu.addEventListener("keydown", (event) => {
    const all = [...menu.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      show(false);
      button.focus();
    } else if (step && all.length) {
      event.preventDefault();
      all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    }
  });
  document.addEventListener("click", ({ target }) => {
    if (!menu.hidden && !menu.contains(target) && !button.contains(target)) show(false);
  });
  addEventListener("scroll", () => menu.hidden || show(false), { passive: true });
  return { toggle: () => show(menu.hidden) };
}
