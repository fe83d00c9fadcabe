// A dialog over the uploaded images: search, and insert one into the text.

const PAUSE = 250;

export function library(words, insert) {
  const dialog = document.createElement("dialog");
  dialog.className = "writing-library";
  dialog.setAttribute("aria-label", words.library);
  const bar = document.createElement("div");
  bar.className = "writing-library-bar";
  const field = Object.assign(document.createElement("input"), { type: "search", placeholder: words.searchImages });
  field.setAttribute("aria-label", words.searchImages);
  const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.close });
  const grid = document.createElement("div");
  grid.className = "writing-library-grid";
  const more = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.moreImages, hidden: true });
  const note = document.createElement("p");
  note.setAttribute("role", "status");
  bar.append(field, close);
  dialog.append(bar, grid, note, more);
  document.body.append(dialog);

  let next = null, latest = 0, timer;

  async function load(url, isMore) {
    const mine = ++latest;
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = await answer.json();
      if (mine !== latest) return;
      if (!isMore) grid.replaceChildren();
      grid.append(...page.results.map(tile));
      next = page.next;
      more.hidden = !next;
      note.textContent = grid.childElementCount ? "" : words.noImages;
    } catch {
      if (mine === latest) note.textContent = words.libraryFailed;
    }
  }

  function tile(upload) {
    const button = document.createElement("button");
    button.type = "button";
    const picture = document.createElement("img");
    picture.loading = "lazy";
    picture.src = upload.srcset?.["image/webp"]?.split(" ")[0] || upload.url; // the first is the narrowest
    picture.alt = upload.alt || upload.label;
    button.title = upload.alt || upload.label;
    button.append(picture);
    button.addEventListener("click", () => {
      dialog.close();
      insert(upload.markdown);
    });
    return button;
  }

  const find = () => load(`${words.imagesUrl}?${new URLSearchParams({ q: field.value, limit: 40 })}`);
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, PAUSE); });
  field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  more.addEventListener("click", () => next && load(next, true));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  return {
    toggle() {
      field.value = "";
      dialog.showModal();
      find();
    },
  };
}
