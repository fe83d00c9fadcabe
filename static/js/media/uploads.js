// Image uploads: a list with progress, cancel, errors and retry; choosing files; dropping and pasting them.

class UploadError extends Error {}

// Sends one file. Rejects with an UploadError, whose message is empty if the upload was cancelled.
function upload(file, { url, token, most, large, failed }, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    if (most && file.size > Number(most)) return reject(new UploadError(large));
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      let json = null;
      try {
        json = JSON.parse(request.responseText);
      } catch {
        // a proxy's own page; its status is enough
      }
      if (request.status === 201 && json) return resolve(json);
      if (request.status === 413 && !json) return reject(new UploadError(large));
      const error = json?.error;
      reject(new UploadError(error?.fields?.file?.[0] || error?.message || failed));
    };
    request.onerror = () => reject(new UploadError(failed));
    request.onabort = () => reject(new UploadError(""));
    request.send(form);
  });
  return { done, cancel: () => request.abort() };
}

// `options` are the strings and settings of #upload-words, and the CSRF token.
export class UploadList {
  constructor(box, options) {
    this.options = options;
    this.n = 0; // uploads in progress
    this.list = document.createElement("ul");
    this.list.className = "upload-list";
    this.list.setAttribute("aria-live", "polite");
    box.append(this.list);
  }

  // Resolves to the API's JSON, or to null if the upload was cancelled, or failed and was not retried.
  async add(file) {
    const line = document.createElement("li");
    const name = document.createElement("span");
    name.className = "upload-name";
    name.textContent = file.name || this.options.picture;
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `${this.options.uploading} ${name.textContent}`);
    line.append(name);
    this.list.append(line);
    this.n += 1;
    try {
      for (;;) {
        const { done, cancel } = upload(file, this.options, (part) => {
          bar.value = part;
        });
        const cancelButton = this.button(this.options.cancel, cancel);
        line.classList.remove("is-failed");
        line.replaceChildren(name, bar, cancelButton);
        try {
          const json = await done;
          line.remove();
          return json;
        } catch (error) {
          if (!error.message || !(await this.askForRetry(line, name, error))) {
            line.remove();
            return null;
          }
        }
      }
    } finally {
      this.n -= 1;
    }
  }

  askForRetry(line, name, error) {
    const message = document.createElement("span");
    message.className = "upload-error";
    message.setAttribute("role", "alert");
    message.textContent = error.message;
    line.classList.add("is-failed");
    this.n -= 1; // a failed upload does not block saving
    return new Promise((resolve) => {
      const answer = (isRetry) => () => {
        this.n += 1;
        resolve(isRetry);
      };
      const retry = this.button(this.options.retry, answer(true));
      const close = this.button(this.options.close, answer(false));
      line.replaceChildren(name, message, retry, close);
    });
  }

  button(text, onClick) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "upload-button";
    button.textContent = text;
    button.addEventListener("click", onClick, { once: true });
    return button;
  }
}

export function createFilePicker({ taken, pick }, onFiles) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = taken;
  input.hidden = true;
  input.addEventListener("change", () => {
    onFiles([...input.files]);
    input.value = "";
  });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button upload-picker";
  button.textContent = pick;
  button.addEventListener("click", () => input.click());
  button.append(input);
  return button;
}

// Makes `target` a drop zone for files; other drags keep the browser's default.
export function acceptDrops(target, onFiles) {
  const has = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const setDepth = (n) => {
    depth = Math.max(0, n);
    target.toggleAttribute("data-drop", depth > 0);
  };
  target.addEventListener("dragenter", (event) => { if (has(event)) { event.preventDefault(); setDepth(depth + 1); } });
  target.addEventListener("dragleave", (event) => { if (has(event)) setDepth(depth - 1); });
  target.addEventListener("dragover", (event) => {
    if (!has(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  target.addEventListener("drop", (event) => {
    if (!has(event)) return;
    event.preventDefault(); // otherwise the browser would open the file and leave the page
    setDepth(0);
    onFiles([...event.dataTransfer.files], event);
  });
}

// The images among dropped or pasted data. Text that comes with an image is preferred, as from a word processor.
export function imagesIn(transfer) {
  if (!transfer || transfer.types.includes("text/plain")) return [];
  return [...transfer.files].filter((file) => file.type.startsWith("image/"));
}
