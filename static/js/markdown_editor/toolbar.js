// The row of buttons above the text.

import { icons } from "../../vendor/icons.js";
import { openSearchPanel, redo, undo } from "../../vendor/codemirror.js";
import * as commands from "./commands.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export const actions = {
  heading: commands.nextHeading,
  bold: commands.wrap("**"),
  italic: commands.wrap("*"),
  strike: commands.wrap("~~"),
  link: commands.link,
  quote: commands.quote,
  bullets: commands.bullets,
  numbers: commands.numbers,
  code: commands.wrap("`"),
  codeBlock: commands.block("```\n\0\n```"),
  table: (view) => commands.block(tableOf(view), view.dom.dataset.column)(view),
  footnote: commands.footnote,
  math: commands.wrap("$"),
  more: commands.block("<!--more-->"),
  undo: (view) => undo(view),
  redo: (view) => redo(view),
  find: (view) => openSearchPanel(view),
};

function tableOf({ dom }) {
  const name = dom.dataset.column;
  return `| ${name} | ${name} |\n| --- | --- |\n|  |  |`;
}

export const shortcuts = {
  bold: "Mod-b",
  italic: "Mod-i",
  strike: "Mod-Shift-x",
  link: "Mod-k",
  quote: "Mod-Shift-9",
  bullets: "Mod-Shift-8",
  numbers: "Mod-Shift-7",
  code: "Mod-e",
  codeBlock: "Mod-Shift-e",
  heading: "Mod-Alt-h",
};
const OTHER = { undo: "Mod-z", redo: isMac ? "Mod-Shift-z" : "Mod-y", find: "Mod-f", full: "Mod-Shift-f" };

const GROUPS = [
  ["heading", "bold", "italic", "strike", "link"],
  ["quote", "bullets", "numbers"],
  ["code", "codeBlock", "table", "footnote", "math", "more"],
  ["image", "library"],
  ["undo", "redo", "find", "outline"],
  ["preview", "full"],
];
const TOGGLES = new Set(["outline", "preview", "full"]);

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.innerHTML = icons[name];
  return svg;
}

function keysOf(name) {
  const keys = shortcuts[name] ?? OTHER[name];
  if (!keys) return "";
  const text = keys.replace("Mod", isMac ? "⌘" : "Ctrl").replace("Shift", isMac ? "⇧" : "Shift").replace("Alt", isMac ? "⌥" : "Alt");
  return ` (${text.split("-").map((part) => (part.length === 1 ? part.toUpperCase() : part)).join(isMac ? "" : "+")})`;
}

// `run(name)` is called for each button; `names` says which of them there are.
export function toolbar(words, run, names) {
  const bar = document.createElement("div");
  bar.className = "writing-toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.toolbar);
  const buttons = {};
  for (const group of GROUPS) {
    const box = document.createElement("div");
    for (const name of group.filter((each) => names.includes(each))) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(icon(name));
      button.title = words[name] + keysOf(name);
      button.setAttribute("aria-label", words[name]);
      button.dataset.action = name;
      button.tabIndex = -1;
      if (TOGGLES.has(name)) button.setAttribute("aria-pressed", "false");
      button.addEventListener("mousedown", (event) => event.preventDefault()); // the text keeps its selection
      button.addEventListener("click", () => run(name));
      buttons[name] = button;
      box.append(button);
    }
    if (box.childElementCount) bar.append(box);
  }
  roving(bar);
  return { bar, buttons };
}

// One stop for Tab; the arrow keys go from button to button.
function roving(bar) {
  const all = [...bar.querySelectorAll("button")];
  if (all.length) all[0].tabIndex = 0;
  bar.addEventListener("focusin", ({ target }) => all.forEach((button) => { button.tabIndex = button === target ? 0 : -1; }));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = all.indexOf(event.target);
    if (at < 0) return;
    const next = step ? all[(at + step + all.length) % all.length] : { Home: all[0], End: all.at(-1) }[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}
