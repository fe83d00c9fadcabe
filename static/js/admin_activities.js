// Pictures that are dropped anywhere on the form, or pasted into the text, join those chosen as files.
document.addEventListener("DOMContentLoaded", () => {
  const input = document.getElementById("id_new_photos");
  if (!input) return;
  const form = input.form;
  const picturesOf = (data) => [...(data?.files || [])].filter((file) => file.type.startsWith("image/"));

  function add(files) {
    const all = new DataTransfer();
    for (const file of [...input.files, ...files]) all.items.add(file);
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  form.addEventListener("paste", (event) => {
    const files = picturesOf(event.clipboardData);
    if (!files.length) return;
    event.preventDefault();
    add(files);
  });
  form.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    input.classList.add("is-over");
  });
  form.addEventListener("dragleave", () => input.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    input.classList.remove("is-over");
    const files = picturesOf(event.dataTransfer);
    if (!files.length || event.target === input) return; // dropped on the field itself, the browser takes them
    event.preventDefault();
    add(files);
  });
});
