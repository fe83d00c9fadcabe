// Runs before the first paint: the reader's colours, and a word to the stylesheet that scripts run.
(() => {
  const root = document.documentElement;
  root.dataset.script = "";
  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  try {
    show(localStorage.getItem("theme"));
  } catch {
    // Storage is shut: the system decides.
  }
  addEventListener("storage", (event) => event.key === "theme" && show(event.newValue));
})();
