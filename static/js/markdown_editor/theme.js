// How the text looks in the editor. The colours are custom properties of css/admin_markdown.css, which reach into the
// shadow root; the rules themselves are a constructed style sheet, as the Content-Security-Policy allows no <style>.

import { EditorView, HighlightStyle, syntaxHighlighting, tags } from "../../vendor/codemirror.js";

const rules = EditorView.theme({
  "&": { color: "var(--writing-fg)", backgroundColor: "transparent", fontSize: "var(--writing-size)", minHeight: "var(--writing-height)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--writing-font)", lineHeight: "1.75", overflow: "visible" },
  ".cm-content": { padding: "12px 0 40vh", caretColor: "var(--writing-fg)", minHeight: "var(--writing-height)", boxSizing: "border-box" },
  ".cm-line": { padding: "0 4px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--writing-fg)" },
  ".cm-placeholder": { color: "var(--writing-quiet)" },
  "& > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "var(--writing-selection)",
  },
  ".cm-panels": { background: "var(--writing-bar)", color: "var(--writing-fg)", position: "sticky", top: "var(--writing-panel-top)", zIndex: "2" },
  ".cm-panels-top": { borderBottom: "1px solid var(--writing-line)" },
  ".cm-panel.cm-search": { padding: "8px 32px 8px 8px", fontSize: "14px" },
  ".cm-panel.cm-search label": { fontSize: "13px", whiteSpace: "nowrap" },
  ".cm-panel.cm-search [name=close]": { color: "inherit", fontSize: "20px", width: "28px", height: "28px" },
  ".cm-textfield": { background: "var(--writing-bg)", color: "inherit", border: "1px solid var(--writing-line)", borderRadius: "4px", padding: "4px 6px", fontSize: "14px" },
  ".cm-button": { background: "var(--writing-bg)", backgroundImage: "none", color: "inherit", border: "1px solid var(--writing-line)", borderRadius: "4px", padding: "4px 8px", fontSize: "13px" },
  ".cm-searchMatch": { backgroundColor: "var(--writing-match)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--writing-match-now)" },
  ".cm-tooltip": { background: "var(--writing-bar)", color: "var(--writing-fg)", border: "1px solid var(--writing-line)", borderRadius: "6px" },
  ".cm-other-cursor": { position: "relative", borderInlineStart: "2px solid var(--other)", marginInline: "-1px", wordBreak: "normal" },
  ".cm-other-cursor > span": {
    position: "absolute", insetInlineStart: "-2px", bottom: "100%", padding: "0 4px", borderRadius: "3px 3px 3px 0", background: "var(--other)", color: "#fff",
    font: "600 11px/1.5 system-ui, sans-serif", whiteSpace: "nowrap", pointerEvents: "none", zIndex: "1",
  },
  ".cm-other-selection": { backgroundColor: "color-mix(in srgb, var(--other) 25%, transparent)" },
  ...Object.fromEntries(["#0b6bcb", "#a3348c", "#1a7f37", "#b35900", "#6f42c1", "#b3261e"].map((color, i) => [`.cm-other-${i}`, { "--other": color }])),
  ".cm-uploading": { padding: "2px 8px", borderRadius: "4px", background: "var(--writing-bar)", color: "var(--writing-quiet)", fontSize: "13px" },
  ".cm-image": { display: "flex", alignItems: "center", gap: "8px", padding: "6px 8px", boxSizing: "border-box", maxWidth: "min(32rem, calc(100vw - 5rem))", fontSize: "14px" },
  ".cm-image img": { width: "64px", height: "48px", objectFit: "cover", borderRadius: "4px", flex: "none" },
  ".cm-image input": { flex: "1", minWidth: "6rem", width: "16rem", padding: "5px 7px", font: "inherit", color: "inherit", background: "var(--writing-bg)", border: "1px solid var(--writing-line)", borderRadius: "4px" },
});

const look = HighlightStyle.define([
  { tag: tags.heading1, fontSize: "1.45em", fontWeight: "700", lineHeight: "1.4" },
  { tag: tags.heading2, fontSize: "1.3em", fontWeight: "700", lineHeight: "1.4" },
  { tag: tags.heading3, fontSize: "1.15em", fontWeight: "700" },
  { tag: tags.heading, fontWeight: "700" },
  { tag: tags.strong, fontWeight: "700" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.strikethrough, textDecoration: "line-through" },
  { tag: [tags.link, tags.url], color: "var(--writing-link)" },
  { tag: tags.monospace, fontFamily: "var(--writing-mono)", fontSize: "0.92em" },
  { tag: tags.quote, color: "var(--writing-quiet)" },
  { tag: [tags.processingInstruction, tags.meta, tags.contentSeparator, tags.comment], color: "var(--writing-quiet)" },
  { tag: [tags.keyword, tags.tagName], color: "var(--writing-link)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--writing-string)" },
]);

export const theme = [rules, syntaxHighlighting(look)];
