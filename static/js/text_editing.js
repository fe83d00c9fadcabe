// Differences of texts, and changes to the text of a field that the browser's own undo reaches, as if they had been typed.

// What is to be replaced in `before` to get `now`.
export function difference(before, now) {
  const most = Math.min(before.length, now.length);
  let from = 0, end = 0;
  while (from < most && before[from] === now[from]) from += 1;
  while (end < most - from && before[before.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return { from, to: before.length - end, insert: now.slice(from, now.length - end) };
}

// Replaces what stands between `start` and `end`. The caret ends up after the new text, or, with `keepCaret`, stays in
// the words where it was; focus stays where it was. The field's input event is fired.
export function replaceText(area, start, end, text, { keepCaret = false } = {}) {
  const focused = document.activeElement;
  const caret = [area.selectionStart, area.selectionEnd];
  if (focused !== area) area.focus({ preventScroll: true });
  area.setSelectionRange(start, end);
  // The only way to change a text area without emptying its undo history; it fires the input event itself.
  const isDone = start === end && !text ? true : document.execCommand(text ? "insertText" : "delete", false, text);
  if (!isDone) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const shift = text.length - (end - start);
  const moved = (at) => (at <= start ? at : at >= end ? at + shift : start + text.length);
  if (keepCaret) area.setSelectionRange(...caret.map(moved));
  else area.setSelectionRange(start + text.length, start + text.length);
  if (focused !== area && focused?.isConnected) focused.focus({ preventScroll: true });
}
