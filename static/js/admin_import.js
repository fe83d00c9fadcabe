// Imports in the admin: the file is sent in pieces that every proxy lets through, and the page shows how far a job is.
const CHUNK = 4 * 1024 * 1024;
const TRIES = 5;

const wait = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

async function send(url, fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  for (let n = 1; ; n += 1) {
    try {
      const answer = await fetch(url, { method: "POST", body });
      if (answer.status < 500) return await answer.json();
    } catch (error) {
      if (n >= TRIES) throw error;
    }
    if (n >= TRIES) throw new Error("server");
    await wait(n);
  }
}

async function upload(form, box) {
  const file = form.elements.file.files[0];
  const [bar, words] = [box.querySelector("progress"), box.querySelector("[role=status]")];
  const token = form.elements.csrfmiddlewaretoken.value;
  let fields = { name: file.name, csrfmiddlewaretoken: token };
  for (const name of ["kind", "author", "old_url"]) fields[name] = form.elements[name].value;
  if (form.elements.download.checked) fields.download = "on";
  box.hidden = false;
  bar.max = file.size || 1;
  for (let offset = 0; ; offset += CHUNK) {
    const chunk = file.slice(offset, offset + CHUNK);
    const answer = await send(box.dataset.url, { ...fields, offset, size: file.size, chunk });
    if (answer.error) return answer.error;
    bar.value = offset + chunk.size;
    words.textContent = `${Math.round((bar.value / bar.max) * 100)} %`;
    if (offset + chunk.size >= file.size) window.location.assign(answer.url);
    if (offset + chunk.size >= file.size) return "";
    fields = { id: answer.id, csrfmiddlewaretoken: token };
  }
}

async function follow(box) {
  const [words, label, bar] = ["[data-words]", "[data-label]", "progress"].map((each) => box.querySelector(each));
  for (;;) {
    await wait(1);
    try {
      const answer = await fetch(box.dataset.url);
      if (!answer.ok) continue;
      const status = await answer.json();
      if (!status.running) return window.location.reload();
      label.textContent = status.label;
      words.textContent = [status.work, status.total ? `${status.done}/${status.total}` : status.done || "", status.left].join(" ");
      if (status.total) [bar.max, bar.value] = [status.total, status.done];
      else bar.removeAttribute("value");
    } catch {
      // The server is away for a moment; it is asked again.
    }
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const status = document.getElementById("import-status");
  if (status?.dataset.running) follow(status);
  const box = document.getElementById("import-upload");
  const form = document.getElementById("import_form");
  if (!box || !form) return;
  form.addEventListener("submit", async (event) => {
    if (!form.elements.file.files.length) return;
    event.preventDefault();
    const buttons = form.querySelectorAll("input[type=submit]");
    for (const button of buttons) button.disabled = true;
    form.append(box);
    let problem = box.dataset.failed;
    try {
      problem = await upload(form, box);
    } catch (error) {
      console.error(error);
    }
    box.querySelector("[role=status]").textContent = problem;
    for (const button of buttons) button.disabled = false;
  });
});
