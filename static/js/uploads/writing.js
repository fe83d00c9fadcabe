// Pictures are dropped, pasted or picked while the author writes; their Markdown takes their place in the text.
import { pictures } from "./sending.js";
import { Sending, pick, takeDrops } from "./list.js";

let n = 0;

function attach(area, words) {
  const bar = document.createElement("div");
  bar.className = "pictures";
  const hint = document.createElement("span");
  hint.className = "pictures-hint help";
  hint.textContent = words.hint;
  bar.append(pick(words, take), hint);
  (area.closest(".writing") || area).before(bar);
  const sending = new Sending(bar, words);

  // A form's own listeners (preview, unsaved work) hear of it as if it had been typed.
  const changed = () => area.dispatchEvent(new Event("input", { bubbles: true }));

  function put(start, end, text) {
    area.setRangeText(text, start, end, "preserve");
    changed();
  }

  // In a text where nobody has been yet there is no caret: pictures go to its end.
  let visited = document.activeElement === area;
  area.addEventListener("focus", () => { visited = true; });

  function insert(text) {
    const { value } = area;
    const [start, end] = visited ? [area.selectionStart, area.selectionEnd] : [value.length, value.length];
    const before = start && value[start - 1] !== "\n" ? "\n\n" : "";
    const after = end < value.length && value[end] !== "\n" ? "\n\n" : "";
    area.setRangeText(before + text + after, start, end, "end");
    changed();
  }

  function replace(placeholder, text) {
    const at = area.value.indexOf(placeholder);
    if (at < 0) return; // the author has taken it out: the picture is among the uploads all the same
    let end = at + placeholder.length;
    if (!text && area.value.slice(end, end + 2) === "\n\n") end += 2;
    put(at, end, text);
  }

  function take(files) {
    const placed = files.map((file) => {
      const name = (file.name || words.picture).replace(/[[\]()<>`\\*_\n]/g, " ").slice(0, 60);
      return [file, `![${words.uploading} ${name} ${++n}…]()`];
    });
    if (placed.length) insert(placed.map(([, placeholder]) => placeholder).join("\n\n"));
    // One after the other: each is decoded and looked at over there.
    placed.reduce(async (before, [file, placeholder]) => {
      await before;
      const answer = await sending.add(file);
      replace(placeholder, answer ? answer.markdown : "");
    }, Promise.resolve());
  }

  area.addEventListener("paste", (event) => {
    const found = pictures(event.clipboardData);
    if (!found.length) return;
    event.preventDefault();
    take(found);
  });
  takeDrops(area, take);

  area.form?.addEventListener("submit", (event) => {
    if (!sending.n) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    hint.textContent = words.wait;
    hint.classList.add("is-waiting");
  }, { capture: true });
}

document.addEventListener("DOMContentLoaded", () => {
  const words = document.getElementById("upload-words")?.dataset;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!words || !token) return;
  for (const area of document.querySelectorAll("#id_text, textarea[data-pictures]")) attach(area, { ...words, token });
});
