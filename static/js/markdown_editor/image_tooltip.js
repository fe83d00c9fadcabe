// At an image in the text: what it looks like, and a field for its alternative text.

import { StateField, showTooltip, syntaxTree } from "../../vendor/codemirror.js";

const IMAGE = /^!\[((?:[^\]\\]|\\.)*)\]\(\s*<?([^\s)>]*)/;

function imageAt(state) {
  const { head, empty } = state.selection.main;
  if (!empty) return null;
  for (const side of [-1, 1]) {
    for (let node = syntaxTree(state).resolveInner(head, side); node; node = node.parent) {
      if (node.name !== "Image") continue;
      const found = IMAGE.exec(state.sliceDoc(node.from, node.to));
      return found && { from: node.from, alt: found[1], src: found[2] };
    }
  }
  return null;
}

export function imageTooltip(words) {
  const create = (view) => {
    const dom = document.createElement("div");
    dom.className = "cm-image";
    const picture = document.createElement("img");
    picture.alt = "";
    const field = document.createElement("input");
    field.type = "text";
    field.placeholder = words.alt;
    field.setAttribute("aria-label", words.alt);
    dom.append(picture, field);
    const show = () => {
      const { image } = view.state.field(place);
      if (!image) return;
      if (picture.getAttribute("src") !== image.src) picture.src = image.src;
      if (field.value !== image.alt && field.getRootNode().activeElement !== field) field.value = image.alt;
    };
    field.addEventListener("input", (event) => {
      const { image } = view.state.field(place);
      if (!image || event.isComposing) return;
      const from = image.from + 2;
      view.dispatch({ changes: { from, to: from + image.alt.length, insert: field.value.replace(/[[\]\n\\]/g, "") }, userEvent: "input.type" });
    });
    field.addEventListener("compositionend", () => field.dispatchEvent(new Event("input")));
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "Escape"].includes(event.key)) return;
      event.preventDefault();
      view.focus();
    });
    show();
    return { dom, update: show };
  };

  const place = StateField.define({
    create: (state) => of(imageAt(state), null),
    update(before, { state, docChanged, selection, changes }) {
      if (!docChanged && !selection) return before;
      // While the alternative text is typed, the caret of the text stands where it stood.
      const image = imageAt(state);
      const isSame = image && before.image && changes.mapPos(before.image.from) === image.from;
      return of(image, isSame ? before.tooltip : null);
    },
    provide: (field) => showTooltip.from(field, ({ tooltip }) => tooltip),
  });

  function of(image, tooltip) {
    if (!image?.src) return { image: null, tooltip: null };
    if (tooltip && tooltip.pos === image.from) return { image, tooltip };
    return { image, tooltip: { pos: image.from, above: false, create } };
  }

  return place;
}
