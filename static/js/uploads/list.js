// What is being sent: a line each, with progress, a way to stop, and what went wrong.
import { send } from "./sending.js";

export class Sending {
  constructor(box, words) {
    this.words = words;
    this.n = 0;
    this.list = document.createElement("ul");
    this.list.className = "sending";
    this.list.setAttribute("aria-live", "polite");
    box.append(this.list);
  }

  // Resolves with the answer; null where it was stopped or could not be sent and nobody wants to try again.
  async add(file) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "sending-name";
    name.textContent = file.name || this.words.picture;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${this.words.uploading} ${name.textContent}`);
    line.append(name);
    this.list.append(line);
    this.n += 1;
    try {
      for (;;) {
        const { url, token, words, most } = this.words;
        const { done, cancel } = send(file, { url, token, words: this.words, most: Number(most) }, (part) => { bar.value = part; });
        const stop = this.button(this.words.stop, cancel);
        line.classList.remove("is-refused");
        line.replaceChildren(name, bar, stop);
        try {
          const answer = await done;
          line.remove();
          return answer;
        } catch (error) {
          if (!error.message || !(await this.wantsAgain(line, name, error))) {
            line.remove();
            return null;
          }
        }
      }
    } finally {
      this.n -= 1;
    }
  }

  wantsAgain(line, name, error) {
    const said = document.createElement("span");
    said.className = "sending-error";
    said.setAttribute("role", "alert");
    said.textContent = error.message;
    line.classList.add("is-refused");
    this.n -= 1; // whoever reads this is not being waited for
    return new Promise((resolve) => {
      const answer = (wish) => () => { this.n += 1; resolve(wish); };
      const again = this.button(this.words.again, answer(true));
      const close = this.button(this.words.close, answer(false));
      line.replaceChildren(name, said, again, close);
    });
  }

  button(words, onClick) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sending-button";
    button.textContent = words;
    button.addEventListener("click", onClick, { once: true });
    return button;
  }
}

export function pick(words, onFiles) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = words.taken;
  input.hidden = true;
  input.addEventListener("change", () => { onFiles([...input.files]); input.value = ""; });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button pictures-pick";
  button.textContent = words.pick;
  button.addEventListener("click", () => input.click());
  button.append(input);
  return button;
}

// Files may be let go over `target`; what else is dragged goes where it always went.
export function takeDrops(target, onFiles) {
  const has = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const mark = (n) => { depth = Math.max(0, n); target.toggleAttribute("data-drop", depth > 0); };
  target.addEventListener("dragenter", (event) => { if (has(event)) { event.preventDefault(); mark(depth + 1); } });
  target.addEventListener("dragleave", (event) => { if (has(event)) mark(depth - 1); });
  target.addEventListener("dragover", (event) => {
    if (!has(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  target.addEventListener("drop", (event) => {
    if (!has(event)) return;
    event.preventDefault(); // or the browser would leave the page for the picture, and the text with it
    mark(0);
    onFiles([...event.dataTransfer.files]);
  });
}
