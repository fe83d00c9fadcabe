// The list of uploads in the admin: more are dropped or picked there, and their Markdown is copied from there.
import { Sending, pick, takeDrops } from "./list.js";

document.addEventListener("DOMContentLoaded", () => {
  const words = document.getElementById("upload-words")?.dataset;
  const box = document.getElementById("uploads-more");
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

  if (words && box && token) {
    const take = async (files) => {
      let n = 0;
      for (const file of files) if (await sending.add(file)) n += 1;
      if (n) window.location.reload();
    };
    const hint = document.createElement("span");
    hint.className = "pictures-hint help";
    hint.textContent = words.dropHere;
    box.append(pick(words, take), hint);
    const sending = new Sending(box, { ...words, token });
    takeDrops(box, take);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    } catch {
      // Without leave, or without https: it is shown, and selected, to be copied by hand.
      const field = document.createElement("input");
      field.readOnly = true;
      field.value = button.dataset.copy;
      button.after(field);
      field.select();
      return;
    }
    setTimeout(() => { button.textContent = before; }, 2000);
  });
});
