// For pages that change while they are read: scroll position, local times, count of new items.

export const language = document.documentElement.lang || undefined;
const dateTime = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

// Shows a time in the reader's time zone instead of the site's.
export function showLocalTime(time) {
  time.textContent = dateTime.format(new Date(time.dateTime));
}

// "{n} new" with { n: 3 } is "3 new".
export const interpolate = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

const ANCHORS = "main :is(.prose > *, .comment-body, .comment-form, h1, h2)";
const LINES = [0.01, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9]; // parts of the window's height

// Hit tests take as long however many comments there are.
function scrollAnchor() {
  const form = document.activeElement?.closest(".comment-form");
  const { top, bottom } = form?.getBoundingClientRect() ?? {};
  if (bottom > 0 && top < innerHeight) return form;
  for (const line of LINES) {
    const anchor = document.elementFromPoint(innerWidth / 2, innerHeight * line)?.closest(ANCHORS);
    if (anchor) return anchor;
  }
  return null;
}

export function keepScrollPosition(change) {
  const anchor = scrollAnchor();
  const before = anchor?.getBoundingClientRect().top;
  change();
  const distance = anchor?.isConnected ? anchor.getBoundingClientRect().top - before : 0;
  if (distance) scrollBy({ top: distance, behavior: "instant" });
}

// A button that counts new items outside the viewport.
export class NewItemsButton {
  unseen = new Set(); // ids
  #ids = new WeakMap();
  #observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const id = this.#ids.get(target);
      if (isIntersecting) {
        this.unseen.delete(id);
        this.#observer.unobserve(target);
      } else this.unseen.add(id);
    }
    this.#update();
  });

  constructor(button, text) {
    this.button = button;
    this.text = text;
  }

  // Without `element`, the item is not on the page.
  add(id, element) {
    if (element) {
      this.#ids.set(element, id);
      this.#observer.observe(element);
    } else {
      this.unseen.add(id);
      this.#update();
    }
  }

  remove(id) {
    if (this.unseen.delete(id)) this.#update();
  }

  #update() {
    const n = this.unseen.size;
    this.button.hidden = !n;
    if (n) this.button.textContent = interpolate(this.text, { n });
  }
}
