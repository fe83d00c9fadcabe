// The media library in the admin: uploads images, and copies their Markdown.
import { acceptDrops, createFilePicker, UploadList } from "./uploads.js";

document.addEventListener("DOMContentLoaded", () => {
  const strings = document.getElementById("upload-words")?.dataset;
  const box = document.getElementById("upload-area");
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

  if (strings && box && token) {
    const uploadAll = async (files) => {
      let n = 0;
      for (const file of files) if (await uploads.add(file)) n += 1;
      if (n) window.location.reload();
    };
    const hint = document.createElement("span");
    hint.className = "upload-hint help";
    hint.textContent = strings.dropHere;
    box.append(createFilePicker(strings, uploadAll), hint);
    const uploads = new UploadList(box, { ...strings, token });
    acceptDrops(box, uploadAll);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    } catch {
      // Without permission or https, the text is shown and selected, to be copied by hand.
      const field = document.createElement("input");
      field.readOnly = true;
      field.value = button.dataset.copy;
      button.after(field);
      field.select();
      return;
    }
    setTimeout(() => {
      button.textContent = label;
    }, 2000);
  });
});
