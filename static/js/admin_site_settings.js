// The menu and the blocks of the site settings as rows that can be dragged. Without it, the menu's field has a line for
// each link, and each block a number for its place.
const field = document.getElementById("id_menu");
const words = document.getElementById("menu-words")?.dataset;

if (field && words) {
  const list = document.createElement("ol");
  list.className = "menu-rows";
  const add = button(words.add, "button plain");
  field.hidden = true;
  field.after(list, add);
  for (const line of field.value.split("\n")) {
    const at = line.lastIndexOf("|");
    if (at > 0) list.append(row(line.slice(0, at).trim(), line.slice(at + 1).trim()));
  }
  add.addEventListener("click", () => {
    const added = row("", "");
    list.append(added);
    added.querySelector("input").focus();
  });
  list.addEventListener("input", write);

  makeSortable(list, write);

  function write() {
    field.value = [...list.children]
      .map((item) => [...item.querySelectorAll("input")].map((input) => input.value.trim()))
      .filter(([title, url]) => title || url)
      .map(([title, url]) => `${title} | ${url}`)
      .join("\n");
  }

  function row(title, url) {
    const item = document.createElement("li");
    const inputs = [
      [words.title, title, ""],
      [words.url, url, "menu-targets"],
    ].map(([label, value, targets]) => {
      const input = document.createElement("input");
      input.type = "text";
      input.value = value;
      input.placeholder = label;
      input.ariaLabel = label;
      if (targets) input.setAttribute("list", targets);
      return input;
    });
    const { handle, buttons } = controls(item, write, () => item.remove());
    item.append(handle, ...inputs, ...buttons);
    return item;
  }
}

const blocks = document.querySelector(".block-rows");

if (blocks && words) {
  const { prefix } = blocks.dataset;
  const pattern = document.querySelector(".block-pattern").content;
  const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
  const number = () => {
    const shown = [...blocks.children].filter((item) => !item.hidden);
    shown.forEach((item, n) => {
      item.querySelector("[name$=-ORDER]").value = n + 1;
    });
  };
  const enhance = (item) => {
    const { handle, buttons } = controls(item, number, () => {
      item.querySelector("[name$=-DELETE]").checked = true;
      item.hidden = true;
    });
    const bar = document.createElement("div");
    bar.className = "block-bar";
    bar.append(handle, ...buttons);
    item.prepend(bar);
    const kind = item.querySelector("[name$=-kind]");
    const show = () => {
      item.dataset.kind = kind.value;
    };
    kind.addEventListener("change", show);
    show();
  };
  blocks.classList.add("is-enhanced");
  const last = blocks.lastElementChild; // the empty row, for those without this script
  if (last && !last.querySelector("[name$=-kind]").value && !last.querySelector(".errorlist")) {
    last.remove();
    total.value -= 1;
  }
  for (const item of blocks.children) enhance(item);
  const add = button(words.addBlock, "button plain");
  blocks.after(add);
  add.addEventListener("click", () => {
    const item = pattern.firstElementChild.cloneNode(true);
    item.innerHTML = item.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    blocks.append(item);
    enhance(item);
    number();
    item.querySelector("[name$=-kind]").focus();
  });
  makeSortable(blocks, number);
}

function makeSortable(list, onSorted) {
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    if (over !== dragged) over[event.clientY > box.top + box.height / 2 ? "after" : "before"](dragged);
  });
  list.addEventListener("dragend", () => {
    dragged = null;
    onSorted();
  });
}

// The handle by which a row is dragged, and buttons that do the same by keyboard and touch.
function controls(item, onMoved, remove) {
  const handle = document.createElement("span");
  handle.className = "menu-handle";
  handle.textContent = "⠿";
  handle.ariaHidden = "true";
  handle.draggable = true;
  const up = button("↑", "menu-move", words.up);
  const down = button("↓", "menu-move", words.down);
  const removal = button("×", "menu-move", words.remove);
  const move = (other, side, pressed) => {
    other?.[side](item);
    pressed.focus();
    onMoved();
  };
  up.addEventListener("click", () => move(item.previousElementSibling, "before", up));
  down.addEventListener("click", () => move(item.nextElementSibling, "after", down));
  removal.addEventListener("click", () => {
    remove();
    onMoved();
  });
  return { handle, buttons: [up, down, removal] };
}

function button(text, className, label = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.textContent = text;
  if (label) made.ariaLabel = label;
  return made;
}
