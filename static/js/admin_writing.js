// Shows the reader's page beside the text while the author writes, and warns before unsaved work is left.
document.addEventListener("DOMContentLoaded", () => {
  const words = document.getElementById("writing-words")?.dataset;
  const text = document.getElementById("id_text");
  if (!words || !text) return;
  const form = text.form;

  const box = document.createElement("div");
  box.className = "writing";
  text.before(box);
  box.append(text);

  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "button writing-toggle";
  toggle.textContent = words.preview;
  toggle.setAttribute("aria-expanded", "false");
  box.before(toggle);

  const note = document.createElement("p");
  note.className = "writing-note";
  note.setAttribute("role", "status");
  box.before(note);

  // Without scripts: what is written here is looked at, not run.
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-same-origin");
  frame.title = words.preview;

  let timer, latest = 0;
  async function show() {
    const mine = ++latest;
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    try {
      const answer = await fetch(words.url, { method: "POST", body: data });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (mine !== latest) return;
      const top = frame.contentWindow?.scrollY || 0;
      frame.onload = () => frame.contentWindow.scrollTo(0, top);
      frame.srcdoc = html;
      note.textContent = "";
    } catch {
      if (mine === latest) note.textContent = words.failed;
    }
  }

  toggle.addEventListener("click", () => {
    const open = box.toggleAttribute("data-open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? words.write : words.preview;
    if (open) { box.append(frame); show(); } else { frame.remove(); }
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (box.hasAttribute("data-open")) timer = setTimeout(show, 400);
  });

  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
});
