// Images that are dropped, pasted or picked are uploaded; their Markdown takes the place where they were dropped. Until
// then a mark stands there, which is no part of the text: nothing of it is saved, and undo passes it over.

import { Decoration, EditorView, StateEffect, StateField, WidgetType } from "../../vendor/codemirror.js";
import { acceptDrops, imagesIn, UploadList } from "../media/uploads.js";
import { asParagraph } from "./commands.js";

const start = StateEffect.define({ map: ({ at, id, name }, changes) => ({ at: changes.mapPos(at, -1), id, name }) });
const end = StateEffect.define();

class Mark extends WidgetType {
  constructor(id, name) {
    super();
    this.id = id;
    this.name = name;
  }

  eq(other) { return other.id === this.id; }

  toDOM() {
    const mark = document.createElement("span");
    mark.className = "cm-uploading";
    mark.textContent = this.name;
    return mark;
  }
}

const marks = StateField.define({
  create: () => Decoration.none,
  update(found, transaction) {
    found = found.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(start)) {
        const { at, id, name } = effect.value;
        found = found.update({ add: [Decoration.widget({ widget: new Mark(id, name), side: -1 }).range(at)] });
      } else if (effect.is(end)) {
        found = found.update({ filter: (_from, _to, { spec }) => spec.widget.id !== effect.value });
      }
    }
    return found;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function placeOf(view, id) {
  let place = null;
  view.state.field(marks).between(0, view.state.doc.length, (from, _to, { spec }) => {
    if (spec.widget.id === id) place = from;
  });
  return place;
}

// `box` gets the list of what is being sent. Gives the extension, and `take(files)` for files that are picked.
export function images(box, words) {
  const uploads = new UploadList(box, words);
  const hint = document.createElement("span");
  hint.className = "upload-hint";
  hint.setAttribute("role", "status");
  let n = 0, view = null;

  async function insert(id, markdown) {
    await composed(view);
    const at = placeOf(view, id);
    if (at === null) return;
    const { state } = view;
    if (!markdown) return view.dispatch({ effects: end.of(id) });
    const { insert } = asParagraph(state, at, at, markdown);
    const isHere = state.selection.main.empty && state.selection.main.head === at;
    const head = at + insert.trimEnd().length;
    const selection = isHere ? { anchor: head } : undefined;
    view.dispatch({ changes: { from: at, insert }, effects: end.of(id), selection, scrollIntoView: isHere, userEvent: "input.image" });
  }

  function take(files, at = view.state.selection.main.head) {
    const placed = files.map((file) => {
      const id = ++n;
      return [file, id, start.of({ at, id, name: `${words.uploading} ${file.name || words.picture}` })];
    });
    view.dispatch({ effects: placed.map(([, , effect]) => effect) });
    // One after the other, because the server decodes each.
    return placed.reduce(async (before, [file, id]) => {
      await before;
      const answer = await uploads.add(file);
      await insert(id, answer?.markdown);
    }, Promise.resolve());
  }

  const onPaste = EditorView.domEventHandlers({
    paste(event) {
      const found = imagesIn(event.clipboardData);
      if (!found.length) return false;
      event.preventDefault();
      take(found);
      return true;
    },
    // CodeMirror would insert the bytes of the file; `acceptDrops` takes it further out.
    drop: (event) => Boolean(event.dataTransfer?.files.length),
  });

  function attach(to, form) {
    view = to;
    box.append(hint);
    acceptDrops(view.dom, (files, event) => take(files, view.posAtCoords({ x: event.clientX, y: event.clientY }) ?? view.state.doc.length));
    form.addEventListener("submit", (event) => {
      if (!uploads.n) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      hint.textContent = words.wait;
    }, { capture: true });
  }

  return { extension: [marks, onPaste], take, attach };
}

// An input method's unfinished word would be broken by a change next to it.
export function composed(view) {
  if (!view.composing) return Promise.resolve();
  return new Promise((resolve) => view.contentDOM.addEventListener("compositionend", () => setTimeout(resolve), { once: true }));
}
