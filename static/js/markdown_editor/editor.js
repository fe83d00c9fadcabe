// The Markdown editor of posts and pages: CodeMirror in the place of the form's text area, which keeps its value and its
// events, so that saving, drafts and previews go on as with a plain text area. Without JavaScript that is what there is.
//
// It stands in a shadow root: there CodeMirror uses constructed style sheets, which the Content-Security-Policy allows,
// and the fields of its search panel are no fields of the form.

import {
  Compartment, EditorState, EditorView, defaultKeymap, highlightSpecialChars, history, historyKeymap, indentLess, indentMore, keymap,
  dropCursor, markdown, markdownLanguage, placeholder, redo, search, searchKeymap, Annotation,
} from "../../vendor/codemirror.js";
import { difference } from "../text_editing.js";
import { block } from "./commands.js";
import { count } from "./counts.js";
import { htmlPaste } from "./html_paste.js";
import { imageTooltip } from "./image_tooltip.js";
import { images } from "./images.js";
import { library } from "./library.js";
import { outline } from "./outline.js";
import { preview } from "./preview.js";
import { theme } from "./theme.js";
import { actions, shortcuts, toolbar } from "./toolbar.js";

const isOutside = Annotation.define();
const COUNT_PAUSE = 300;

document.addEventListener("DOMContentLoaded", () => {
  const area = document.getElementById("id_text");
  const words = document.getElementById("markdown-words")?.dataset;
  if (area && words) attach(area, words);
});

function attach(area, words) {
  const { form } = area;
  const box = element("div", "writing");
  const uploadBox = element("div", "upload-box");
  const pane = element("div", "writing-text");
  const host = element("div", "writing-host");
  const status = element("p", "writing-status");
  const counts = element("span", "writing-counts");
  const state = element("span", "writing-state");
  state.setAttribute("role", "status");
  status.append(counts, state);
  const undoing = new Compartment();
  let shared = null; // the text as a document that others edit as well
  const root = host.attachShadow({ mode: "open" });
  pane.append(host);

  const uploads = uploadsOf(uploadBox);
  const names = [...Object.keys(actions), "outline", "full", ...(uploads ? ["image", "library"] : []), ...(words.previewUrl ? ["preview"] : [])];
  const { bar, buttons } = toolbar(words, run, names);
  area.before(box);
  box.append(bar, uploadBox, pane, status, area);
  area.hidden = true;
  area.dataset.editor = "";

  const label = form.querySelector(`label[for="${area.id}"]`);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: area.value, extensions: extensions() }),
  });
  view.dom.dataset.column = words.column;
  label?.addEventListener("click", () => view.focus());
  uploads?.attach(view, form);
  const parts = {
    preview: words.previewUrl && preview({ box, pane, view, form, words, button: buttons.preview }),
    outline: outline(view, buttons.outline, words),
    library: uploads && library(words, (text) => block(text)(view)),
    full: fullScreen(box, buttons.full, view),
  };
  if (uploads) picker(uploadBox, uploads);
  showCounts();
  if (words.document) share();

  area.addEventListener("change", () => {
    if (area.value !== view.state.doc.toString()) replace(view, area.value);
  });

  async function share() {
    const { collaborate } = await import("./collaboration.js");
    shared = collaborate({ view, area, words, history: undoing, replace, status: state });
  }

  function run(name) {
    if (shared?.[name]?.()) view.focus();
    else if (actions[name]) actions[name](view);
    else if (name === "image") uploadBox.querySelector("input[type=file]").click();
    else parts[name].toggle();
  }

  function extensions() {
    const keys = Object.entries(shortcuts).map(([name, key]) => ({ key, run: actions[name], preventDefault: true }));
    const phrases = Object.fromEntries(Object.entries(JSON.parse(words.phrases)));
    return [
      EditorState.phrases.of(phrases),
      undoing.of([history(), keymap.of([{ key: "Mod-Shift-z", run: redo, preventDefault: true }, ...historyKeymap])]),
      highlightSpecialChars(),
      dropCursor(),
      EditorView.lineWrapping,
      markdown({ base: markdownLanguage, completeHTMLTags: false }),
      theme,
      placeholder(words.placeholder),
      EditorView.contentAttributes.of({
        "aria-label": label?.textContent.replace(/[:：]\s*$/, "").trim() || words.toolbar,
        spellcheck: "true",
        autocorrect: "on",
        autocapitalize: "sentences",
      }),
      search({ top: true }),
      uploads ? [uploads.extension, imageTooltip(words)] : [],
      htmlPaste((files, at) => uploads?.take(files, at)),
      keymap.of([
        ...keys,
        { key: "Mod-Shift-f", run: () => { parts.full.toggle(); return true; }, preventDefault: true },
        { key: "Tab", run: inList(indentMore), shift: inList(indentLess) },
        ...searchKeymap,
        ...defaultKeymap,
      ]),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        area.value = update.state.doc.toString();
        area.dispatchEvent(new Event("input", { bubbles: true }));
        later();
      }),
    ];
  }

  let timer;
  function later() {
    clearTimeout(timer);
    timer = setTimeout(showCounts, COUNT_PAUSE);
  }

  function showCounts() {
    const { words: n, minutes } = count(view.state.doc.toString());
    counts.textContent = words.counts.replace("{words}", n.toLocaleString(document.documentElement.lang)).replace("{minutes}", minutes);
  }
}

// Tab goes on to the next field, as everywhere, except in a list or with several lines selected.
const inList = (command) => (view) => {
  const { state } = view;
  const { from, to } = state.selection.main;
  const line = state.doc.lineAt(from);
  return /^\s*([-*+]|\d+[.)]) /.test(line.text) || to > line.to ? command(view) : false;
};

// As one change of what differs, so that the caret stays and undo has one step.
export function replace(view, text) {
  view.dispatch({
    changes: difference(view.state.doc.toString(), text),
    annotations: isOutside.of(true),
    userEvent: "input.outside",
  });
}

function uploadsOf(box) {
  const words = document.getElementById("upload-words")?.dataset;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  return words && token ? images(box, { ...words, token }) : null;
}

function picker(box, uploads) {
  const input = element("input", "");
  input.type = "file";
  input.multiple = true;
  input.accept = document.getElementById("upload-words").dataset.taken;
  input.hidden = true;
  input.addEventListener("change", () => { uploads.take([...input.files]); input.value = ""; });
  box.append(input);
}

function fullScreen(box, button, view) {
  const set = (isOn) => {
    box.toggleAttribute("data-full", isOn);
    document.documentElement.toggleAttribute("data-writing-full", isOn);
    button.setAttribute("aria-pressed", String(isOn));
    view.requestMeasure();
    view.focus();
  };
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !box.hasAttribute("data-full")) return;
    event.preventDefault();
    set(false);
  });
  return { toggle: () => set(!box.hasAttribute("data-full")) };
}

function element(tag, className) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  return made;
}
