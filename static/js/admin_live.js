// The form of live entries: sends without leaving the page, keeps the text until the server has it, uploads images.
import { acceptDrops, createFilePicker, imagesIn, UploadList } from "./media/uploads.js";

const root = document.querySelector(".live-admin");
const { url, csrf, draft, failed, confirm: question } = root.dataset;
const form = root.querySelector(".live-add");

root.querySelector(".live-list").addEventListener("click", (event) => {
  if (event.target.closest(".live-delete") && !confirm(question)) event.preventDefault();
});

if (form) {
  const field = form.elements.text;
  const error = form.querySelector("[role=alert]");
  const button = form.querySelector("[type=submit]");
  let key = crypto.getRandomValues(new Uint32Array(4)).join("-"); // sent twice, an entry is added once

  field.value ||= localStorage.getItem(draft) ?? "";
  field.focus();
  const saveDraft = () => localStorage.setItem(draft, field.value);
  field.addEventListener("input", saveDraft);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    error.hidden = true;
    const text = field.value;
    const message = await send(text);
    if (message) {
      error.textContent = message;
      error.hidden = false;
    } else {
      key = crypto.getRandomValues(new Uint32Array(4)).join("-");
      if (field.value.startsWith(text)) field.value = field.value.slice(text.length).trimStart(); // typed meanwhile
      saveDraft();
      await refresh();
    }
    button.disabled = false;
    field.focus();
  });

  // Resolves to an error message, or to an empty string.
  async function send(text) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf, "Idempotency-Key": key };
    try {
      const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ text }) });
      if (response.ok) return "";
      const { error: details } = await response.json();
      return Object.values(details.fields ?? {}).flat()[0] ?? details.message;
    } catch {
      return failed;
    }
  }

  async function refresh() {
    const response = await fetch(location.pathname).catch(() => null);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const open = new Set([...root.querySelectorAll("details[open]")].map((item) => item.closest("li").id));
    const items = [...page.querySelectorAll(".live-list > li")];
    root.querySelector(".live-list").replaceChildren(
      ...items.map((item) => (open.has(item.id) ? document.getElementById(item.id) : item)),
    );
  }

  const strings = document.getElementById("upload-words").dataset;
  const uploads = new UploadList(form, { ...strings, token: csrf });
  async function addImages(files) {
    for (const file of files) {
      const added = await uploads.add(file);
      if (!added) continue;
      field.setRangeText(`${field.value && !field.value.endsWith("\n") ? "\n\n" : ""}![](${added.url})\n`, field.selectionEnd, field.selectionEnd, "end");
      saveDraft();
    }
  }
  const picker = createFilePicker(strings, addImages);
  picker.classList.add("plain");
  button.after(picker);
  acceptDrops(form, addImages);
  field.addEventListener("paste", (event) => {
    const images = imagesIn(event.clipboardData);
    if (!images.length) return;
    event.preventDefault();
    addImages(images);
  });
}
