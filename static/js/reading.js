// Enhancements of a text: tools of code blocks, images, videos, footnotes, table of contents, reading position.

import { copyText } from "./share.js";

const template = document.getElementById("_reading");
const strings = template?.dataset ?? {};

function addTools(block) {
  const tools = template.content.querySelector(".code-tools").cloneNode(true);
  const [wrap, copy] = tools.children;
  const pre = block.querySelector("pre");
  wrap.hidden = pre.scrollWidth <= pre.clientWidth;
  wrap.addEventListener("click", () => {
    wrap.setAttribute("aria-pressed", block.classList.toggle("is-wrapped"));
  });
  copy.addEventListener("click", async () => {
    const isCopied = await copyText(pre.textContent.trimEnd(), copy, strings.copied);
    if (!isCopied) getSelection().selectAllChildren(pre);
  });
  block.append(tools);
}

function trackHeadings(toc) {
  const details = toc.querySelector("details");
  const links = new Map();
  for (const link of toc.querySelectorAll("a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  const headings = [...links.keys()];
  const wide = matchMedia("(min-width: 75rem)");
  let current, waiting;

  const mark = () => {
    waiting = false;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const reached = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 4);
    const link = links.get(
      atEnd && headings.at(-1).getBoundingClientRect().top < innerHeight ? headings.at(-1) : reached.at(-1),
    );
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    current = link;
    if (link && wide.matches) {
      details.scrollTop +=
        link.getBoundingClientRect().top - details.getBoundingClientRect().top - details.clientHeight / 2;
    }
  };
  const open = () => (details.open = wide.matches);
  wide.addEventListener("change", open);
  open();
  addEventListener("scroll", () => (waiting ||= requestAnimationFrame(mark)), { passive: true });
  mark();
}

function addAnchors(text) {
  for (const heading of text.querySelectorAll(":is(h2, h3, h4, h5, h6)[id]")) {
    const link = Object.assign(document.createElement("a"), {
      className: "anchor",
      href: `#${heading.id}`,
      tabIndex: -1,
    });
    link.setAttribute("aria-hidden", "true");
    heading.append(link);
  }
}

function makeFocusable(box) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

// Replaces the link to a video by the player of its host.
function play(event) {
  const link = event.target.closest("a[data-player]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const url = new URL(link.dataset.player);
  url.searchParams.set("autoplay", "1");
  const frame = Object.assign(document.createElement("iframe"), {
    title: link.textContent,
    allow: "autoplay; encrypted-media; fullscreen; picture-in-picture",
    referrerPolicy: "strict-origin-when-cross-origin",
  });
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups");
  frame.src = url;
  link.parentElement.replaceWith(frame);
  frame.focus();
}

// The reading position is the number of the block at the top of the window, which no zoom changes.
const STORAGE_KEY = "places";
const MAX_POSITIONS = 50;

function readPositions() {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY)) ?? {};
  } catch {
    return {};
  }
}

function trackPosition(text) {
  const blocks = [...text.children];
  const path = location.pathname;
  const last = readPositions()[path];
  const isReturn = !location.hash && performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (last && isReturn && blocks[last] && scrollY < innerHeight) offerPosition(blocks[last], last / blocks.length);

  const save = () => {
    const box = text.getBoundingClientRect();
    if (box.height < 2 * innerHeight) return;
    const positions = readPositions();
    delete positions[path];
    const isInside = box.top < -innerHeight && box.bottom > innerHeight; // neither at the beginning nor at the end
    const n = isInside ? blocks.findIndex((block) => block.getBoundingClientRect().bottom > 0) : -1;
    if (n > 0) positions[path] = n;
    else if (!last || box.top > -innerHeight) return; // unread since the last visit: keep the position
    try {
      localStorage.setItem(STORAGE_KEY, JSON.stringify(Object.fromEntries(Object.entries(positions).slice(-MAX_POSITIONS))));
    } catch {
      // Storage is disabled or full.
    }
  };
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => document.hidden && save());
}

function offerPosition(block, part) {
  const bar = template.content.querySelector(".continue").cloneNode(true);
  const [go, close] = bar.querySelectorAll("button");
  go.append(` · ${Math.round(part * 100)}%`);
  go.addEventListener("click", () => {
    bar.remove();
    block.scrollIntoView({ block: "start" });
    block.tabIndex = -1;
    block.focus({ preventScroll: true });
  });
  close.addEventListener("click", () => bar.remove());
  addEventListener("scroll", () => scrollY > innerHeight && bar.remove(), { passive: true });
  document.body.append(bar);
}

export function start(text) {
  text.querySelectorAll("pre, table, .math.display").forEach(makeFocusable);
  addAnchors(text);
  document.querySelectorAll(".toc").forEach(trackHeadings);
  text.addEventListener("click", play);
  if (!template) return;
  text.querySelectorAll(".highlight").forEach(addTools);
  trackPosition(text);
  const parts = [];
  if (text.querySelector("img")) parts.push(import("./lightbox.js").then(({ enlarge }) => enlarge(text, strings.enlarge)));
  if (text.querySelector(".footnotes")) parts.push(import("./sidenotes.js").then(({ placeSidenotes }) => placeSidenotes(text)));
  return Promise.all(parts);
}
