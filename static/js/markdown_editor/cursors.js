// The cursors, selections and names of others who edit the same text.

import { Decoration, EditorView, StateEffect, StateField, ViewPlugin, WidgetType } from "../../vendor/codemirror.js";
import { createAbsolutePositionFromRelativePosition, createRelativePositionFromJSON, createRelativePositionFromTypeIndex } from "../../vendor/yjs.js";

const COLORS = 6; // classes of the theme, because the Content-Security-Policy allows no style attributes
const moved = StateEffect.define();

class Cursor extends WidgetType {
  constructor(name, color) {
    super();
    Object.assign(this, { name, color });
  }

  eq(other) { return other.name === this.name && other.color === this.color; }

  toDOM() {
    const cursor = document.createElement("span");
    cursor.className = `cm-other-cursor cm-other-${this.color}`;
    cursor.setAttribute("aria-hidden", "true");
    cursor.append(Object.assign(document.createElement("span"), { textContent: this.name }));
    return cursor;
  }

  ignoreEvent() { return true; }
}

const field = StateField.define({
  create: () => Decoration.none,
  update(found, { changes, effects }) {
    const effect = effects.find((each) => each.is(moved));
    return effect ? effect.value : found.map(changes);
  },
  provide: (own) => EditorView.decorations.from(own),
});

export function cursors(text, awareness, name) {
  awareness.setLocalState({ name });
  const at = (position) => createAbsolutePositionFromRelativePosition(createRelativePositionFromJSON(position), text.doc)?.index;

  function decorations(length) {
    const found = [];
    for (const [id, { name, cursor }] of awareness.getStates()) {
      if (id === text.doc.clientID || !cursor) continue;
      const [anchor, head] = [at(cursor.anchor), at(cursor.head)];
      if (anchor === undefined || head === undefined || Math.max(anchor, head) > length) continue;
      const color = id % COLORS;
      if (anchor !== head) found.push(Decoration.mark({ class: `cm-other-selection cm-other-${color}` }).range(Math.min(anchor, head), Math.max(anchor, head)));
      found.push(Decoration.widget({ widget: new Cursor(String(name), color), side: 1 }).range(head));
    }
    return Decoration.set(found, true);
  }

  const plugin = ViewPlugin.define((view) => {
    const onChange = ({ added, updated, removed }) => {
      if ([...added, ...updated, ...removed].every((id) => id === text.doc.clientID)) return;
      view.dispatch({ effects: moved.of(decorations(view.state.doc.length)) });
    };
    const publish = () => {
      const { anchor, head } = view.state.selection.main;
      const [from, to] = [anchor, head].map((index) => createRelativePositionFromTypeIndex(text, index));
      awareness.setLocalStateField("cursor", view.hasFocus ? { anchor: from, head: to } : null);
    };
    awareness.on("change", onChange);
    return {
      update({ docChanged, selectionSet, focusChanged }) {
        if (docChanged || selectionSet || focusChanged) publish();
      },
      destroy: () => awareness.off("change", onChange),
    };
  });
  return [field, plugin];
}
