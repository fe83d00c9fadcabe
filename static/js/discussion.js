// The discussion, alive. The page reads whole and takes comments without this file (docs/live.md).
(() => {
  "use strict";

  const box = document.getElementById("comments");
  const words = box.dataset;
  const post = words.post;
  const maxDepth = Number(words.maxDepth);
  const top = box.querySelector(".comments");
  const pattern = box.querySelector(".comment-template").content.firstElementChild;
  const formPattern = box.querySelector(".form-template")?.content.firstElementChild;
  const address = `/api/posts/${encodeURIComponent(words.slug)}/`;
  const when = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" });
  let last = Number(words.lastEvent);
  let me = { user: null, guest: null, held: [], csrf: null };

  // What the browser keeps; it may be told to keep nothing.
  const kept = {
    get(key) {
      try {
        return localStorage.getItem(key) || "";
      } catch {
        return "";
      }
    },
    set(key, value) {
      try {
        if (value) localStorage.setItem(key, value);
        else localStorage.removeItem(key);
      } catch {
        // Then it lasts as long as the page.
      }
    },
    keys() {
      try {
        return Object.keys(localStorage);
      } catch {
        return [];
      }
    },
  };

  async function ask(path, body) {
    const options = { headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang }, cache: "no-store" };
    if (body) {
      options.method = "POST";
      options.body = JSON.stringify(body);
      options.headers["Content-Type"] = "application/json";
      if (me.csrf) options.headers["X-CSRFToken"] = me.csrf;
    }
    const response = await fetch(path, options);
    let said = null;
    try {
      said = await response.json();
    } catch {
      // A proxy's own page, or a cut: the status says enough.
    }
    if (response.ok && said) return said;
    throw Object.assign(new Error(`${response.status} ${path}`), { status: response.status, said: said?.error });
  }

  // Comments in the page

  const find = (id) => document.getElementById(`comment-${id}`);
  const idOf = (item) => Number(item.id.slice(8));
  const listOf = (item) => [...item.children].find((child) => child.matches(".answers"));

  function depthOf(item) {
    let depth = 0;
    for (; item && item !== box; item = item.parentElement) if (item.matches(".comment")) depth += 1;
    return depth;
  }

  // In the reader's own time zone; the server knows only the site's.
  const tellTime = (time) => (time.textContent = when.format(new Date(time.dateTime)));

  function fill(item, comment) {
    const part = (name) => item.querySelector(`:scope > .comment-said .${name}`);
    const gone = item.querySelector(":scope > .comment-gone");
    const seen = comment.state !== "removed";
    if (!seen) {
      item.querySelector(":scope > .comment-said")?.remove();
      if (!gone) item.prepend(pattern.querySelector(".comment-gone").cloneNode(true));
      return;
    }
    gone?.remove();
    if (!item.querySelector(":scope > .comment-said")) item.prepend(pattern.querySelector(".comment-said").cloneNode(true));
    const fresh = pattern.querySelector("header").cloneNode(true);
    part("comment-name").closest("header").replaceWith(fresh);
    const name = part("comment-name");
    name.textContent = comment.author.name;
    if (/^https?:/i.test(comment.author.url || "")) {
      const link = document.createElement("a");
      Object.assign(link, { href: comment.author.url, rel: "nofollow ugc noopener", textContent: comment.author.name });
      name.replaceChildren(link);
    }
    item.classList.toggle("by-author", comment.author.is_author);
    if (!comment.author.is_author) part("comment-badge").remove();
    if (!comment.edited_at) part("comment-edited").remove();
    const time = part("comment-time");
    time.hash = `comment-${comment.id}`;
    time.firstElementChild.dateTime = comment.created_at;
    tellTime(time.firstElementChild);
    part("comment-text").innerHTML = comment.html; // made safe by the server
    const answer = part("comment-answer");
    if (answer) answer.search = `?parent=${comment.id}`;
    part("comment-held")?.remove();
    if (comment.state === "held") {
      const note = document.createElement("p");
      Object.assign(note, { className: "comment-held", textContent: words.held });
      part("comment-text").after(note);
      part("comment-deeds")?.remove();
    } else if (!part("comment-deeds") && pattern.querySelector(".comment-deeds")) {
      part("comment-text").after(pattern.querySelector(".comment-deeds").cloneNode(true));
      part("comment-answer").search = `?parent=${comment.id}`;
    }
    nameParent(item);
  }

  // Deep answers stand beside what they answer, and name it.
  function nameParent(item) {
    const link = item.querySelector(":scope > .comment-said .comment-to");
    const parent = find(item.dataset.parent);
    if (!link) return;
    if (!parent || listOf(parent) === item.parentElement) {
      link.remove();
      return;
    }
    link.hash = parent.id;
    link.querySelector("bdi").textContent = parent.querySelector(":scope > .comment-said .comment-name")?.textContent.trim() || "";
  }

  function place(item, comment) {
    const parent = comment.parent && find(comment.parent);
    let list = top;
    if (parent) {
      list = depthOf(parent) < maxDepth ? listOf(parent) : parent.parentElement;
      if (!list) parent.append((list = document.createElement("ol")));
      if (list !== top) list.className = "answers";
    }
    const later = [...list.children].find((other) => idOf(other) > comment.id);
    list.insertBefore(item, later || null);
  }

  // Show a comment as it is now; true when it was not there before.
  function show(comment) {
    let item = find(comment.id);
    const isThere = Boolean(item);
    if (comment.state === "removed" && !hasAnswers(comment.id, item)) {
      if (item) take(item);
      return false;
    }
    if (!item) {
      item = pattern.cloneNode(true);
      item.id = `comment-${comment.id}`;
      item.dataset.parent = comment.parent || "";
      listOf(item)?.remove();
      place(item, comment);
    }
    fill(item, comment);
    box.querySelector(".no-comments").hidden = true;
    return !isThere;
  }

  const hasAnswers = (id, item) => Boolean(item?.querySelector(".comment") || box.querySelector(`.comment[data-parent="${id}"]`));

  // Take a comment away, and with it the place-holders that only stood for its sake.
  function take(item) {
    const list = item.parentElement;
    const parent = find(item.dataset.parent);
    item.remove();
    if (list !== top && !list.children.length) list.remove();
    if (parent?.querySelector(":scope > .comment-gone") && !hasAnswers(idOf(parent), parent)) take(parent);
    box.querySelector(".no-comments").hidden = Boolean(top.children.length);
  }

  // What is being read stays where it is, whatever comes or goes above it.
  function keepingPlace(change) {
    const writing = document.activeElement?.closest(".comment-form");
    const inSight = (element) => element.getBoundingClientRect().bottom > 0 && element.getBoundingClientRect().top < innerHeight;
    const sight =
      writing && inSight(writing)
        ? writing
        : [...document.querySelectorAll("main :is(.prose > *, .comment-said, .comment-form, h1, h2)")].find(inSight);
    const before = sight?.getBoundingClientRect().top;
    change();
    const moved = sight?.isConnected ? sight.getBoundingClientRect().top - before : 0;
    if (moved) scrollBy({ top: moved, behavior: "instant" });
  }

  function count(n) {
    box.querySelector(".comment-count").textContent = n;
  }

  // Events

  const own = new Set();
  let sending = null;

  function apply(frame) {
    if (frame.n <= last) return;
    last = frame.n;
    if (frame.type === "post.updated") box.querySelector(".post-updated").hidden = false;
    const comment = frame.data.comment;
    if (!comment) return;
    const mine = own.has(comment.id) || (sending !== null && sending === comment.text);
    keepingPlace(() => {
      const isNew = show(comment);
      if (frame.data.n_comments !== undefined) count(frame.data.n_comments);
      if (!isNew || mine) return;
      find(comment.id).classList.add("is-new");
      box.querySelector(".comment-news").textContent = words.new.replace("{name}", comment.author.name);
    });
  }

  // Read the whole thread anew, when what was missed cannot be had.
  async function reread() {
    for (let tries = 0; tries < 3; tries += 1) {
      const comments = [];
      let after = "";
      let n = null;
      let all;
      do {
        const page = await ask(`${address}comments/?limit=500&cursor=${after}`);
        n ??= page.n;
        all = page.count;
        comments.push(...page.comments);
        after = page.next;
      } while (after);
      if (last > n && tries < 2) continue; // something happened meanwhile: once more
      last = Math.max(last, n);
      const ids = new Set(comments.map((comment) => comment.id));
      keepingPlace(() => {
        comments.forEach(show);
        for (const item of [...box.querySelectorAll(".comments .comment")].reverse()) {
          if (item.isConnected && !ids.has(idOf(item)) && !item.querySelector(":scope > .comment-said .comment-held")) {
            show({ id: idOf(item), state: "removed" });
          }
        }
        count(all);
      });
      return;
    }
  }

  // The wire: a socket, and while there is none, asking every few seconds

  let socket = null;
  let failures = 0;
  let timer = 0;
  let pollTimer = 0;
  let pulse = 0;
  let isOver = false;

  function connect() {
    clearTimeout(timer);
    if (socket || isOver || document.hidden) return;
    const mine = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/posts/${post}/?since=${last}`);
    socket = mine;
    let heard = true;
    mine.onmessage = ({ data }) => {
      heard = true;
      if (data === "pong") return;
      const frame = JSON.parse(data);
      if (frame.type === "hello") {
        failures = 0;
        clearTimeout(pollTimer);
        pollTimer = 0;
        box.dataset.live = "socket";
      } else if (frame.type === "reset") {
        last = Math.min(last, frame.n);
        reread().catch(() => mine.close());
      } else apply(frame);
    };
    mine.onclose = ({ code }) => {
      clearInterval(pulse);
      if (socket !== mine) return;
      socket = null;
      box.dataset.live = "";
      isOver = code === 4004 || code === 1008 || code === 1009;
      failures += 1;
      if (isOver || document.hidden) return;
      if ((failures > 1 || code === 1013) && !pollTimer) poll();
      timer = setTimeout(connect, Math.min(30000, 250 * 2 ** failures) * (0.5 + Math.random()));
    };
    // A line that is dead without having said so is found by asking.
    pulse = setInterval(() => {
      if (!heard) {
        mine.onclose({ code: 1006 });
        mine.close();
      } else if (mine.readyState === WebSocket.OPEN) {
        heard = false;
        mine.send("ping");
      }
    }, 25000);
  }

  async function poll() {
    clearTimeout(pollTimer);
    if (!document.hidden) {
      try {
        const missed = await ask(`${address}events/?since=${last}`);
        if (missed.reset) {
          last = Math.min(last, missed.n);
          await reread();
        } else missed.events.forEach(apply);
        if (box.dataset.live !== "socket") box.dataset.live = "asking";
      } catch (error) {
        if (error.status === 404) isOver = true;
      }
    }
    pollTimer = socket?.readyState === WebSocket.OPEN || isOver ? 0 : setTimeout(poll, 4000 + 2000 * Math.random());
  }

  function hangUp() {
    clearTimeout(timer);
    clearInterval(pulse);
    clearTimeout(pollTimer);
    pollTimer = 0;
    const mine = socket;
    socket = null;
    mine?.close();
  }

  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", connect);
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", connect);

  // Forms

  const draftKey = (parent) => `draft:${post}:${parent || 0}`;

  function addForm(parent = "") {
    const form = formPattern.cloneNode(true);
    const field = (name) => form.elements.namedItem(name);
    for (const element of form.querySelectorAll("[id], [for], [aria-describedby]")) {
      for (const name of ["id", "for", "aria-describedby"]) {
        if (element.hasAttribute(name)) element.setAttribute(name, `${element.getAttribute(name)}-${parent}`);
      }
    }
    field("parent").value = parent;
    field("text").value = kept.get(draftKey(parent));
    try {
      const guest = JSON.parse(kept.get("guest") || "{}");
      field("name").value = guest.name || "";
      field("email").value = guest.email || "";
    } catch {
      kept.set("guest", "");
    }
    field("text").addEventListener("input", () => kept.set(draftKey(parent), field("text").value));
    field("text").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      (event.submitter?.value === "preview" ? preview : send)(form, parent);
    });
    form.querySelector(".form-cancel").addEventListener("click", () => {
      kept.set(draftKey(parent), "");
      form.remove();
      find(parent)?.querySelector(":scope > .comment-said .comment-answer")?.focus();
    });
    if (parent) find(parent).querySelector(":scope > .comment-said").append(form);
    else {
      form.querySelector(".form-cancel").remove();
      box.querySelector(".write-comment").replaceWith(form);
    }
    knowWriter(form);
    return form;
  }

  function knowWriter(form) {
    const field = (name) => form.elements.namedItem(name);
    if (me.user) {
      form.querySelector(".comment-who")?.remove();
      form.querySelector(".writes-as").hidden = false;
      form.querySelector(".writes-as").textContent = words.writesAs.replace("{name}", me.user.name);
    } else if (me.guest && !field("name").value) field("name").value = me.guest.name;
  }

  function complain(form, error) {
    const fields = error?.said?.fields || {};
    let general = "";
    for (const name of ["text", "name", "email"]) {
      const field = form.elements.namedItem(name);
      if (!field) continue;
      const said = fields[name]?.[0] || "";
      field.toggleAttribute("aria-invalid", false);
      if (said) field.setAttribute("aria-invalid", "true");
      field.parentElement.querySelector(".field-error").textContent = said;
    }
    if (error) {
      const beside = ["text", "name", "email"].some((name) => fields[name] && form.elements.namedItem(name));
      if (!error.status) general = words.offline;
      else if (!error.said || error.status >= 500) general = words.failed;
      else if (!beside) general = Object.values(fields).flat()[0] || error.said.message;
      form.querySelector('[aria-invalid="true"]')?.focus();
    }
    form.querySelector(".form-error").textContent = general;
  }

  async function busy(form, work) {
    const buttons = form.querySelectorAll(".form-buttons button");
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    buttons.forEach((button) => (button.disabled = true));
    try {
      await work();
      complain(form, null);
    } catch (error) {
      complain(form, error);
    } finally {
      form.ariaBusy = "false";
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  function preview(form) {
    const shown = form.querySelector(".comment-preview");
    return busy(form, async () => {
      const { html } = await ask("/api/markdown/", { text: form.elements.namedItem("text").value });
      shown.innerHTML = html || words.nothing; // made safe by the server
      shown.hidden = false;
    });
  }

  function send(form, parent) {
    const value = (name) => form.elements.namedItem(name)?.value;
    const body = { text: value("text"), name: value("name"), email: value("email"), parent: Number(parent) || null };
    if (me.user) {
      delete body.name;
      delete body.email;
    }
    return busy(form, async () => {
      if (!me.user) kept.set("guest", JSON.stringify({ name: body.name, email: body.email }));
      sending = body.text.trim();
      try {
        const comment = await ask(`${address}comments/`, body);
        own.add(comment.id);
        kept.set(draftKey(parent), "");
        if (show(comment) && comment.state === "visible") count(Number(box.querySelector(".comment-count").textContent) + 1);
        find(comment.id).classList.remove("is-new");
        if (parent) form.remove();
        else {
          form.elements.namedItem("text").value = "";
          form.querySelector(".comment-preview").hidden = true;
        }
        const item = find(comment.id);
        item.tabIndex = -1;
        item.focus({ preventScroll: true });
        item.scrollIntoView({ block: "nearest" });
      } finally {
        sending = null;
      }
    });
  }

  box.addEventListener("click", (event) => {
    const link = event.target.closest(".comment-answer");
    if (!link || !formPattern || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const item = link.closest(".comment");
    const there = item.querySelector(":scope > .comment-said > .comment-form");
    const form = there || addForm(idOf(item));
    form.elements.namedItem("text").focus();
  });

  async function meet() {
    me = await ask(`/api/me/?post=${post}`);
    box.querySelectorAll(".comment-form").forEach(knowWriter);
    keepingPlace(() => me.held.forEach(show));
  }

  top.querySelectorAll("time").forEach(tellTime);
  if (formPattern) {
    keepingPlace(() => {
      addForm();
      const start = draftKey("").slice(0, -1);
      for (const key of kept.keys()) {
        const parent = key.startsWith(start) ? Number(key.slice(start.length)) : 0;
        if (parent && find(parent)?.querySelector(".comment-said")) addForm(parent);
      }
    });
  }
  if (document.readyState === "complete") connect();
  meet().catch(() => {}); // then one writes as a guest
})();
