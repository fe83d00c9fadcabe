// Results while one types, by keyboard. Without this script the form leads to the same results.

const WAIT = 80; // milliseconds after the last key

export function enhance(form, results) {
  const input = form.elements.q;
  let waiting, request, shown = input.value.trim();

  async function ask() {
    const query = input.value.trim();
    if (query === shown) return;
    request?.abort();
    request = new AbortController();
    const words = new URLSearchParams(new FormData(form));
    let html;
    try {
      const answer = await fetch(`${results.dataset.url}?${words}`, { signal: request.signal });
      if (!answer.ok) return;
      html = await answer.text();
    } catch {
      return; // replaced by the next one, or offline: the form works still
    }
    shown = query;
    results.innerHTML = html;
    document.getElementById("_announcer").textContent = results.querySelector("[role=status], .empty")?.textContent ?? "";
    if (!form.closest("dialog")) history.replaceState(null, "", query ? `?${words}` : location.pathname);
  }

  function soon(event) {
    if (event.isComposing) return; // an input method is not done with the word
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT);
  }
  input.addEventListener("input", soon);
  input.addEventListener("compositionend", () => soon({}));

  form.parentElement.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const links = [...results.querySelectorAll(".card-title a")];
    const at = links.indexOf(document.activeElement);
    const onInput = document.activeElement === input;
    if (event.key === "ArrowDown" && (onInput || at >= 0)) (links[at + 1] ?? links[at] ?? input).focus();
    else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] ?? input).focus();
    else if (event.key === "Escape" && at >= 0) input.focus();
    else if (event.key === "Escape" && form.closest("dialog")) form.closest("dialog").close(); // a search field clears itself first
    else return;
    event.preventDefault();
  });
}

let dialog;

export async function open(url) {
  if (!dialog) {
    const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    const form = page.querySelector("main form.search");
    dialog = document.createElement("dialog");
    dialog.className = "search-dialog";
    dialog.setAttribute("aria-label", page.querySelector("h1").textContent);
    form.elements.q.id = "_dialog-q";
    form.querySelector("label").htmlFor = "_dialog-q";
    const results = page.getElementById("_results");
    results.removeAttribute("id");
    dialog.append(form, results);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    enhance(form, results);
  }
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input").select();
}

const form = document.querySelector("main form.search");
const results = document.getElementById("_results");
if (form && results) {
  enhance(form, results);
  if (!form.elements.q.value) form.elements.q.focus();
}
