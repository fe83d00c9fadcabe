// The theme's small helps. Each page reads whole without them.

function openSearch(event) {
  const link = document.querySelector(".site-tools a[data-search]");
  const isKey = event.key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const isClick = link?.contains(event.target) && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !(isKey || isClick)) return;
  event.preventDefault();
  const box = document.querySelector("main form.search input");
  if (box) return box.focus();
  import("./search.js").then((search) => search.open(link.href)).catch(() => (location.href = link.href));
}

addEventListener("keydown", openSearch);
addEventListener("click", openSearch);

// A page that was fetched ahead (Speculation Rules) counts as read only now that it is.
if (performance.getEntriesByType("navigation")[0]?.deliveryType === "navigational-prefetch") fetch(location.href);

// Transitions are between pages for reading: a page without them, such as the admin, would report a script error.
const READING = /^\/(page|post|p|tags?|topics?|archives|activities|author)\/|^\/$/;

addEventListener("pageswap", ({ activation, viewTransition }) => {
  if (!viewTransition || READING.test(new URL(activation.entry.url).pathname)) return;
  viewTransition.ready.catch(() => {}); // that it was skipped
  viewTransition.skipTransition();
});

const { worker } = document.documentElement.dataset;
if (worker) navigator.serviceWorker?.register(worker).catch(() => {}); // private windows refuse; reading goes on

// The page is the same for everyone; whether this reader may edit it is asked afterwards.
const edit = document.getElementById("_edit");
if (edit) {
  fetch(`/api/me/?page=${edit.dataset.page}`, { cache: "no-store", headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? response.json() : {}))
    .then(({ edit_url }) => {
      if (!edit_url) return;
      edit.content.querySelector("a").href = edit_url;
      edit.replaceWith(edit.content);
    })
    .catch(() => {}); // without an answer there is no link
}

const share = document.querySelector(".share");
if (share) import("./share.js").then((module) => module.offer(share));
const series = document.querySelector(".series, .parts");
if (series && document.querySelector(".series-progress")) {
  const end = document.querySelector(".post-footer");
  import("./series.js").then((module) => (end ? module.watch(series, end) : module.show(series)));
}
const text = document.querySelector(".text");
if (text) {
  import("./reading.js")
    .then((reading) => reading.start(text))
    .catch(() => (document.documentElement.dataset.sidenotes = "off"));
}
