// The theme's small helps. Each page reads whole without them.

const root = document.documentElement;

function announce(words) {
  document.getElementById("_announcer").textContent = words;
}

function switchTheme(button) {
  const after = { undefined: "light", light: "dark" };
  button.addEventListener("click", () => {
    const theme = after[root.dataset.theme];
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    try {
      if (theme) localStorage.setItem("theme", theme);
      else localStorage.removeItem("theme");
    } catch {
      // Storage is shut: the choice lasts for this page.
    }
    announce(button.innerText.trim());
  });
}

function offerCopy(block, template) {
  const button = template.content.firstElementChild.cloneNode(true);
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("code, pre").textContent.trimEnd());
    } catch {
      getSelection().selectAllChildren(block.querySelector("pre"));
      return;
    }
    button.textContent = button.dataset.done;
    announce(button.dataset.done);
    setTimeout(() => (button.textContent = label), 2000);
  });
  block.append(button);
}

function followReading(toc) {
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
    const link = links.get(atEnd && headings.at(-1).getBoundingClientRect().top < innerHeight ? headings.at(-1) : reached.at(-1));
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "true");
    current = link;
    if (link && wide.matches) {
      details.scrollTop += link.getBoundingClientRect().top - details.getBoundingClientRect().top - details.clientHeight / 2;
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
    const link = Object.assign(document.createElement("a"), { className: "anchor", href: "#" + heading.id, tabIndex: -1 });
    link.setAttribute("aria-hidden", "true");
    heading.append(link);
  }
}

function letKeysScroll(box) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

document.querySelectorAll(".theme-switch").forEach(switchTheme);
const text = document.querySelector(".text");
if (text) {
  const template = document.getElementById("_copy");
  if (template) text.querySelectorAll(".highlight").forEach((block) => offerCopy(block, template));
  text.querySelectorAll("pre, table, .math.display").forEach(letKeysScroll);
  addAnchors(text);
  document.querySelectorAll(".toc").forEach(followReading);
}
