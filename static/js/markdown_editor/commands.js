// What the toolbar and the shortcuts do to the text: each takes an EditorView, changes its document in one step that undo
// takes back, and returns true.

import { EditorSelection } from "../../vendor/codemirror.js";

const HEADING = /^(#{1,6}) +/;

// Puts `mark` around each selection; takes it away where it is there already.
export const wrap = (mark, end = mark) => (view) => {
  const { state } = view;
  const changed = state.changeByRange(({ from, to }) => {
    const before = state.sliceDoc(Math.max(0, from - mark.length), from);
    const after = state.sliceDoc(to, to + end.length);
    // One asterisk of two is no emphasis.
    const isDouble = mark === "*" && state.sliceDoc(from - 2, from) === "**" && state.sliceDoc(from - 3, from) !== "***";
    if (before === mark && after === end && !isDouble) {
      return {
        changes: [{ from: from - mark.length, to: from }, { from: to, to: to + end.length }],
        range: EditorSelection.range(from - mark.length, to - mark.length),
      };
    }
    const text = state.sliceDoc(from, to);
    const isWrapped = text.length >= mark.length + end.length && text.startsWith(mark) && text.endsWith(end)
      && !(mark === "*" && text.startsWith("**") && !text.startsWith("***"));
    if (isWrapped) {
      return {
        changes: [{ from, to: from + mark.length }, { from: to - end.length, to }],
        range: EditorSelection.range(from, to - mark.length - end.length),
      };
    }
    // A space next to a mark would leave it literal.
    const start = from + text.length - text.trimStart().length;
    const stop = text.trim() ? to - (text.length - text.trimEnd().length) : start;
    return {
      changes: [{ from: start, insert: mark }, { from: stop, insert: end }],
      range: EditorSelection.range(start + mark.length, stop + mark.length),
    };
  });
  return apply(view, changed);
};

// `edit(line, number)` gives the new text of each selected line.
const perLine = (edit) => (view) => {
  const { state } = view;
  const changed = state.changeByRange((range) => {
    const first = state.doc.lineAt(range.from), last = state.doc.lineAt(range.to);
    const lines = [];
    for (let n = first.number; n <= last.number; n += 1) lines.push(state.doc.line(n).text);
    const changes = [];
    edit(lines).forEach((text, n) => {
      const line = state.doc.line(first.number + n);
      const kept = common(line.text, text);
      changes.push({ from: line.from, to: line.to - kept, insert: text.slice(0, text.length - kept) });
    });
    const set = state.changes(changes);
    return { changes, range: EditorSelection.range(set.mapPos(range.anchor, 1), set.mapPos(range.head, 1)) };
  });
  return apply(view, changed);
};

// How long the end is that two lines share: the caret in it stays where it is.
function common(one, other) {
  let n = 0;
  while (n < one.length && n < other.length && one[one.length - 1 - n] === other[other.length - 1 - n]) n += 1;
  return n;
}

const prefixed = (pattern, prefix) => (lines) => {
  const filled = lines.length > 1 ? lines.filter((line) => line.trim()) : lines;
  const isOn = filled.every((line) => pattern.test(line));
  let n = 0;
  return lines.map((line) => {
    if (lines.length > 1 && !line.trim()) return line;
    n += 1;
    return isOn ? line.replace(pattern, "$1") : line.replace(/^(\s*)(?:[-*+] (?:\[[ x]\] )?|\d+[.)] )?/, `$1${prefix(n)}`);
  });
};

export const bullets = perLine(prefixed(/^(\s*)[-*+] (?:\[[ x]\] )?/, () => "- "));
export const numbers = perLine(prefixed(/^(\s*)\d+[.)] /, (n) => `${n}. `));
export const quote = perLine((lines) => {
  const isOn = lines.every((line) => /^> ?/.test(line));
  return lines.map((line) => (isOn ? line.replace(/^> ?/, "") : `> ${line}`));
});

// A heading of that level; the same again makes it a paragraph.
export const heading = (level) => perLine((lines) => lines.map((line) => {
  const now = line.match(HEADING)?.[1].length ?? 0;
  const text = line.replace(HEADING, "");
  return now === level ? text : `${"#".repeat(level)} ${text}`;
}));

// Second level, third, fourth, none: the first is the title's.
export function nextHeading(view) {
  const line = view.state.doc.lineAt(view.state.selection.main.head).text;
  const now = line.match(HEADING)?.[1].length ?? 0;
  return heading(now === 0 ? 2 : now < 4 ? now + 1 : now)(view);
}

export function link(view) {
  const { state } = view;
  const changed = state.changeByRange(({ from, to }) => {
    const text = state.sliceDoc(from, to);
    if (/^https?:\/\/\S+$/.test(text)) {
      return { changes: { from, to, insert: `[](${text})` }, range: EditorSelection.cursor(from + 1) };
    }
    const at = from + text.length + 3;
    return { changes: { from, to, insert: `[${text}]()` }, range: EditorSelection.cursor(text ? at : from + 1) };
  });
  return apply(view, changed);
}

// As a paragraph of its own: around the selection where `text` has a \0, else after it. `select` is the part of it that
// is selected afterwards.
export const block = (text, select = "") => (view) => {
  const { state } = view;
  const { to } = state.selection.main;
  const from = text.includes("\0") ? state.selection.main.from : to;
  const selected = state.sliceDoc(from, to);
  const body = text.replace("\0", selected);
  const { insert, start } = asParagraph(state, from, to, body);
  const at = select ? start + body.indexOf(select) : text.includes("\0") ? start + text.indexOf("\0") + selected.length : start + body.length;
  view.dispatch({
    changes: { from, to, insert },
    selection: { anchor: at, head: at + select.length },
    scrollIntoView: true,
    userEvent: "input",
  });
  view.focus();
  return true;
};

// `text` with the empty lines that set it apart from what is around it, and where it starts.
export function asParagraph(state, from, to, text) {
  const before = state.sliceDoc(Math.max(0, from - 2), from), after = state.sliceDoc(to, to + 2);
  const lead = !before || before.endsWith("\n\n") || before === "\n" ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const trail = !after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  return { insert: lead + text + trail, start: from + lead.length };
}

export function footnote(view) {
  const { state } = view;
  const { to } = state.selection.main;
  let n = 1;
  while (state.doc.toString().includes(`[^${n}]`)) n += 1;
  const text = `${state.sliceDoc(0, to)}[^${n}]${state.sliceDoc(to)}`;
  const lead = text.endsWith("\n\n") ? "" : text.endsWith("\n") ? (/\n\[\^\d+\]:[^\n]*\n$/.test(text) ? "" : "\n") : /(^|\n)\[\^\d+\]:[^\n]*$/.test(text) ? "\n" : "\n\n";
  const changes = state.changes([{ from: to, insert: `[^${n}]` }, { from: state.doc.length, insert: `${lead}[^${n}]: ` }]);
  view.dispatch({ changes, selection: { anchor: changes.newLength }, scrollIntoView: true, userEvent: "input" });
  view.focus();
  return true;
}

function apply(view, changed) {
  view.dispatch(view.state.update(changed, { scrollIntoView: true, userEvent: "input" }));
  view.focus();
  return true;
}
