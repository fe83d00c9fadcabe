// The post as readers will see it, beside the text: rendered by the server, scrolling with the text, at the width of a
// phone and in dark if asked for.

import { icon } from "./toolbar.js";
import { headings } from "./outline.js";

const PAUSE = 400;
const HANDOVER = 150;

export function preview({ box, pane, view, form, words, button }) {
  const side = document.createElement("div");
  side.className = "writing-preview";
  const bar = document.createElement("div");
  bar.className = "writing-preview-bar";
  const note = document.createElement("p");
  note.className = "writing-note";
  note.setAttribute("role", "status");
  const frame = document.createElement("iframe");
  // Without scripts: what is written here is looked at, not run.
  frame.setAttribute("sandbox", "allow-same-origin allow-popups allow-popups-to-escape-sandbox");
  frame.title = words.preview;
  const phone = toggle("phone", (isOn) => side.toggleAttribute("data-phone", isOn));
  const dark = toggle("moon", paint);
  bar.append(note, phone, dark);
  side.append(bar, frame);

  function toggle(name, onChange) {
    const made = document.createElement("button");
    made.type = "button";
    made.append(icon(name));
    made.title = words[name];
    made.setAttribute("aria-label", words[name]);
    made.setAttribute("aria-pressed", "false");
    made.addEventListener("click", () => {
      const isOn = made.getAttribute("aria-pressed") !== "true";
      made.setAttribute("aria-pressed", String(isOn));
      onChange(isOn);
    });
    return made;
  }

  const isOpen = () => box.hasAttribute("data-open");
  const isDark = () => document.documentElement.dataset.theme === "dark"
    || document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;

  function paint() {
    const root = frame.contentDocument?.documentElement;
    if (root) root.dataset.theme = dark.getAttribute("aria-pressed") === "true" ? "dark" : "light";
  }

  let timer, latest = 0;
  async function show() {
    const mine = ++latest;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(words.previewUrl, { method: "POST", body: data });
      if (!answer.ok || answer.redirected) throw new Error(answer.status); // redirected: to the sign-in page
      const html = await answer.text();
      if (mine !== latest) return;
      put(html);
      note.textContent = "";
    } catch {
      if (mine === latest) note.textContent = words.failed;
    }
  }

  // Only the page's content is replaced where it can be, so that it keeps its place and does not flicker.
  function put(html) {
    const before = frame.contentDocument?.querySelector("main");
    if (before && frame.dataset.loaded) {
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("main");
      before.replaceWith(frame.contentDocument.adoptNode(fresh));
      return;
    }
    frame.onload = () => {
      frame.dataset.loaded = "";
      paint();
      frame.contentWindow.addEventListener("scroll", () => follow("preview"), { passive: true });
      follow("text");
    };
    frame.srcdoc = html;
  }

  // Both sides are cut at the headings, which stand at the same place of each; between them it is the same part.
  function stops() {
    const page = frame.contentDocument;
    const prose = page?.querySelector(".prose");
    if (!prose) return null;
    const top = frame.contentWindow.scrollY;
    const right = [...prose.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((each) => each.getBoundingClientRect().top + top);
    const left = headings(view.state).map(({ from }) => view.lineBlockAt(from).top + view.documentPadding.top);
    const ends = [view.contentHeight, prose.getBoundingClientRect().bottom + top];
    const start = prose.getBoundingClientRect().top + top;
    if (left.length !== right.length) return { left: [0, ends[0]], right: [start, ends[1]] };
    return { left: [0, ...left, ends[0]], right: [start, ...right, ends[1]] };
  }

  let leader = "", release;
  function follow(from) {
    if (!isOpen() || (leader && leader !== from)) return;
    const found = stops();
    if (!found) return;
    leader = from;
    clearTimeout(release);
    release = setTimeout(() => { leader = ""; }, HANDOVER);
    const { left, right } = found;
    const { contentWindow: inner } = frame;
    if (from === "text") inner.scrollTo(0, pane.scrollTop < 2 ? 0 : moved(pane.scrollTop, left, right));
    else pane.scrollTop = inner.scrollY < 2 ? 0 : moved(inner.scrollY, right, left);
  }

  pane.addEventListener("scroll", () => follow("text"), { passive: true });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (isOpen()) timer = setTimeout(show, PAUSE);
  });

  return {
    toggle() {
      const open = box.toggleAttribute("data-open");
      button.setAttribute("aria-pressed", String(open));
      if (open) {
        dark.setAttribute("aria-pressed", String(isDark()));
        delete frame.dataset.loaded;
        pane.after(side);
        show();
      } else {
        side.remove();
      }
      view.requestMeasure();
    },
  };
}

// Where `at` among the stops of one side is among those of the other.
function moved(at, from, to) {
  let n = from.findLastIndex((stop) => stop <= at);
  if (n < 0) return to[0];
  n = Math.min(n, from.length - 2);
  const span = from[n + 1] - from[n];
  const part = span > 0 ? Math.min(1, (at - from[n]) / span) : 0;
  return to[n] + part * (to[n + 1] - to[n]);
}
