// What is pasted from a web page or a word processor becomes Markdown.

import { EditorView } from "../../vendor/codemirror.js";

const RICH = "a[href], b, strong, i, em, h1, h2, h3, h4, h5, h6, ul, ol, table, pre, code, blockquote, img, hr, s, del, [class^=MsoList]";
const NOT_TEXT = "script, style, meta, link, title, o\\:p, head, template, noscript";

export function htmlPaste(takeImages) {
  return EditorView.domEventHandlers({
    paste(event, view) {
      const data = event.clipboardData;
      // What a code editor has copied is text in colours.
      if (!data || data.types.includes("vscode-editor-data")) return false;
      const html = data.getData("text/html");
      if (!html) return false;
      const page = parse(html);
      if (!page.body.querySelector(RICH) || isInCode(view)) return false;
      event.preventDefault();
      convert(page).then(({ markdown, images }) => {
        const { from, to } = view.state.selection.main;
        view.dispatch({ ...view.state.replaceSelection(markdown), scrollIntoView: true, userEvent: "input.paste" });
        if (images.length) takeImages(images, Math.min(from + markdown.length, view.state.doc.length), to);
      });
      return true;
    },
  });
}

// Styles are read, not applied: the Content-Security-Policy would complain of each.
function parse(html) {
  const tags = html.replace(/<style[\s\S]*?<\/style>/gi, "").replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  return new DOMParser().parseFromString(tags, "text/html");
}

function isInCode(view) {
  const before = view.state.sliceDoc(0, view.state.selection.main.from);
  return (before.match(/^(```|~~~)/gm)?.length ?? 0) % 2 === 1;
}

// The Markdown of a parsed page, and the images that came with it as data.
export async function convert(page) {
  const { TurndownService, gfm } = await import("../../vendor/turndown.js");
  const images = prepare(page);
  const service = new TurndownService({
    headingStyle: "atx", codeBlockStyle: "fenced", bulletListMarker: "-", emDelimiter: "*", hr: "---",
  });
  service.use(gfm);
  // "-   item" and "1.  item" are Turndown's; one space is how people write it.
  service.addRule("item", {
    filter: "li",
    replacement(content, node) {
      const list = node.parentNode;
      const start = Number(list.getAttribute("start") || 1);
      const prefix = list.nodeName === "OL" ? `${start + [...list.children].indexOf(node)}. ` : "- ";
      const indented = content.trim().replace(/\n/g, `\n${" ".repeat(prefix.length)}`).replace(/^[ ]+$/gm, "");
      return prefix + indented + (node.nextElementSibling ? "\n" : "");
    },
  });
  const markdown = service.turndown(page.body).replace(/\u00a0/g, " ").replace(/[ \t]+$/gm, "").replace(/\n{3,}/g, "\n\n");
  return { markdown, images };
}

function prepare(page) {
  for (const element of page.querySelectorAll(NOT_TEXT)) element.remove();
  wordLists(page);
  styledText(page);
  const images = [];
  for (const image of page.querySelectorAll("img")) {
    const source = image.getAttribute("src") || "";
    const file = fileOf(source, images.length);
    if (file) images.push(file);
    if (file || !/^https?:/.test(source)) image.remove(); // file: and cid: lead nowhere
  }
  for (const link of page.querySelectorAll("a[href]")) {
    const target = link.getAttribute("href");
    const isOpenable = /^(https?|mailto|tel):/i.test(target);
    if (!isOpenable || !link.textContent.trim() && !link.querySelector("img")) link.replaceWith(...link.childNodes);
  }
  return images;
}

// Word writes a list as paragraphs that say their list and level in a style of its own.
function wordLists(page) {
  let stack = [];
  for (const line of page.querySelectorAll("p[class^=MsoList], p[data-style*='mso-list']")) {
    const style = line.getAttribute("data-style") || "";
    const level = Number(style.match(/level(\d+)/)?.[1] || 1);
    const bullet = [...line.querySelectorAll("span[data-style*='mso-list']")].find((span) => /ignore/i.test(span.getAttribute("data-style")));
    const sign = (bullet?.textContent || line.textContent).trim();
    bullet?.remove();
    const kind = /^[(（]?[0-9a-zA-Z一二三四五六七八九十]+[.)、）]/.test(sign) ? "ol" : "ul";
    const before = line.previousElementSibling;
    if (!stack.length || before !== stack[0].list) stack = [];
    stack.length = Math.min(stack.length, level);
    while (stack.length < level) {
      const list = page.createElement(kind);
      const parent = stack.at(-1);
      if (!parent) line.before(list);
      else (parent.list.lastElementChild || parent.list.appendChild(page.createElement("li"))).append(list);
      stack.push({ list });
    }
    const item = page.createElement("li");
    item.append(...line.childNodes);
    stack.at(-1).list.append(item);
    line.remove();
  }
}

// Google Docs says bold and italic by styles, and wraps everything in a <b> that is none.
function styledText(page) {
  for (const bold of page.querySelectorAll("b[data-style*='font-weight:normal'], b[data-style*='font-weight: normal']")) bold.replaceWith(...bold.childNodes);
  for (const span of page.querySelectorAll("span[data-style]")) {
    const style = span.getAttribute("data-style");
    if (!span.textContent.trim() || span.closest("b, strong, i, em, h1, h2, h3, h4, h5, h6, pre")) continue;
    const tags = [/font-weight:\s*(bold|[6-9]00)/.test(style) && "strong", /font-style:\s*italic/.test(style) && "em", /line-through/.test(style) && "del"];
    for (const tag of tags.filter(Boolean)) {
      const element = page.createElement(tag);
      element.append(...span.childNodes);
      span.append(element);
    }
  }
}

function fileOf(source, n) {
  const found = /^data:image\/(png|jpeg|gif|webp);base64,(.+)$/s.exec(source);
  if (!found) return null;
  try {
    const bytes = Uint8Array.from(atob(found[2].trim()), (c) => c.charCodeAt(0));
    return new File([bytes], `image-${n + 1}.${found[1].replace("jpeg", "jpg")}`, { type: `image/${found[1]}` });
  } catch {
    return null; // no Base64
  }
}
