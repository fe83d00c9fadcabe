// Runs before the first paint: the reader's colours and text size, and a word to the stylesheet that scripts run.
(() => {
  const root = document.documentElement;
  const known = { theme: /^(?:light|dark)$/, paper: /^sepia$/, size: /^(?:s|l|xl)$/ }; // all else is the default
  root.dataset.script = "";

  const show = (name, value) => {
    if (known[name].test(value)) root.dataset[name] = value;
    else delete root.dataset[name];
  };

  // The admin has a switch of its own for `theme`, which knows no sepia: that is a kind of light.
  const load = () => {
    try {
      for (const name of Object.keys(known)) show(name, localStorage.getItem(name));
    } catch {
      // Storage is shut: the system decides.
    }
    if (root.dataset.theme !== "light") delete root.dataset.paper;
  };

  const keep = (name, value) => {
    show(name, value);
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
    } catch {
      // As above: the choice lasts for this page.
    }
  };

  const check = () => {
    const { theme = "", paper = theme, size = "" } = root.dataset;
    for (const input of document.querySelectorAll(".appearance input")) {
      input.checked = input.value === (input.name === "size" ? size : paper);
    }
  };

  load();
  addEventListener("DOMContentLoaded", check);
  addEventListener("storage", () => {
    load();
    check();
  });
  addEventListener("change", ({ target: { name, value }, target }) => {
    if (!target.closest(".appearance")) return;
    if (name === "theme") {
      keep("theme", value === "sepia" ? "light" : value);
      keep("paper", value === "sepia" ? value : "");
    } else keep(name, value);
  });
})();
