// The API's page: what is asked for by hand is sent from here, as whoever is signed in or with a token.
const page = document.querySelector(".reference");
const token = page.querySelector("#_token");

async function csrf() {
  const answer = await fetch(page.dataset.me, { credentials: "same-origin" });
  return (await answer.json()).csrf;
}

function addressOf(form) {
  let path = form.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("[data-place]")) {
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.dataset.place === "query" && field.value) query.set(field.name, field.value);
  }
  return query.size ? `${path}?${query}` : path;
}

async function headersOf(form) {
  const headers = new Headers();
  for (const field of form.querySelectorAll('[data-place="header"]')) if (field.value) headers.set(field.name, field.value);
  if (token.value) headers.set("Authorization", `Bearer ${token.value.trim()}`);
  else if (form.dataset.method !== "GET") headers.set("X-CSRFToken", (await csrf()) ?? "");
  return headers;
}

function bodyOf(form, headers) {
  const files = form.querySelectorAll('[data-place="form"]');
  if (files.length) {
    const body = new FormData();
    for (const field of files) {
      if (field.type === "file" && field.files[0]) body.append(field.name, field.files[0]);
      else if (field.type !== "file" && field.value) body.append(field.name, field.value);
    }
    return body;
  }
  if (!form.elements.body) return undefined;
  headers.set("Content-Type", form.dataset.media);
  return form.elements.body.value;
}

function show(output, text) {
  const box = document.createElement("pre");
  box.tabIndex = 0;
  box.textContent = text;
  output.replaceChildren(box);
}

async function asText(answer) {
  const names = ["content-type", "etag", "link", "location", "retry-after"];
  const head = names.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
  const text = await answer.text();
  let body = text;
  try {
    body = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // No JSON: shown as it came.
  }
  return [`${answer.status} ${answer.statusText}`, ...head, "", body].join("\n").trimEnd();
}

page.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (!form.matches(".try")) return;
  const output = form.querySelector("output");
  const missing = [...form.querySelectorAll("[required]")].find((field) => !field.value);
  if (missing) {
    show(output, page.dataset.missing);
    missing.focus();
    return;
  }
  if (form.dataset.method === "DELETE" && !confirm(page.dataset.sure)) return;
  const button = form.querySelector("button");
  button.disabled = true;
  show(output, page.dataset.sending);
  try {
    const headers = await headersOf(form);
    const options = { method: form.dataset.method, headers, body: bodyOf(form, headers), cache: "no-store" };
    options.credentials = token.value ? "omit" : "same-origin";
    show(output, await asText(await fetch(addressOf(form), options)));
  } catch {
    show(output, page.dataset.failed);
  } finally {
    button.disabled = false;
  }
});

// A link to an operation opens it.
function open() {
  const asked = document.getElementById(location.hash.slice(1));
  if (asked?.matches("details")) {
    asked.open = true;
    asked.scrollIntoView();
  }
}
addEventListener("hashchange", open);
open();
