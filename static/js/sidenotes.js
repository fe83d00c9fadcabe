// Footnotes beside their references where the window is wide enough. Only `top` of the notes is set: order, links and
// ids stay.

const GAP = 12; // pixels between two notes

export function placeSidenotes(text) {
  const section = text.querySelector(":scope > .footnotes");
  const notes = [...(section?.querySelectorAll(":scope > ol > li") ?? [])];
  const references = new Map();
  for (const link of [...text.querySelectorAll(".footnote-ref a")].reverse()) {
    references.set(decodeURIComponent(link.hash.slice(1)), link); // the first of several stays
  }
  const pairs = notes.map((note) => [note, references.get(note.id)]);
  const root = document.documentElement;
  const wide = matchMedia("screen and (min-width: 75rem)");
  if (!section || pairs.some(([, reference]) => !reference)) {
    root.dataset.sidenotes = "off";
    return;
  }

  const arrange = () => {
    delete root.dataset.sidenotes;
    for (const note of notes) note.style.removeProperty("top");
    if (!wide.matches) return;
    const { top, bottom } = text.getBoundingClientRect();
    let free = 0;
    for (const [note, reference] of pairs) {
      const at = Math.max(free, reference.getBoundingClientRect().top - top);
      note.style.setProperty("top", `${at}px`);
      free = at + note.offsetHeight + GAP;
    }
    // Notes longer than the text itself are better read at its end.
    root.dataset.sidenotes = free - GAP > bottom - top ? "off" : "placed";
    if (root.dataset.sidenotes === "off") for (const note of notes) note.style.removeProperty("top");
  };

  wide.addEventListener("change", arrange);
  new ResizeObserver(arrange).observe(text); // images and fonts that arrive, text of another size
}
