// The offline page: a list of the cached pages, and a button that deletes them.

const list = document.querySelector(".kept-pages");
const button = document.querySelector(".delete-kept-pages");
const names = async () => (await caches.keys()).filter((name) => name.startsWith("frodo-"));

async function show() {
  const found = [];
  for (const name of await names()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const response = await cache.match(request, { ignoreVary: true });
      if (!/^text\/html/.test(response.headers.get("Content-Type"))) continue;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (!page.querySelector(".text")) continue; // a list or this page
      const link = Object.assign(document.createElement("a"), { href: request.url, textContent: page.querySelector("h1").textContent });
      link.lang = page.querySelector("article").lang;
      found.unshift(Object.assign(document.createElement("li"), { className: "kept-page" }));
      found[0].append(link);
    }
  }
  list.replaceChildren(...found);
  button.hidden = !found.length;
}

button.addEventListener("click", async () => {
  for (const name of await names()) if (name.startsWith("frodo-pages")) await caches.delete(name);
  await show();
});
show();
