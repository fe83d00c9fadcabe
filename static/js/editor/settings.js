// The settings of a post beside its text: the button that schedules, tags made by typing, a slug in pinyin.

const PAUSE = 400;
const HAN = /\p{Script=Han}/u;

// select2 names a tag that is typed by its text, which could be another one's id. Set before Django starts select2.
window.django?.jQuery?.fn.select2?.defaults.set("createTag", ({ term }) => {
  const text = term.trim();
  return text ? { id: `new:${text}`, text } : null;
});

document.addEventListener("DOMContentLoaded", () => {
  const words = document.getElementById("settings-words")?.dataset;
  const form = document.querySelector("[name=form_version]")?.form;
  if (!words || !form) return;
  const { title, slug } = form.elements;
  if (title) title.placeholder = form.querySelector(`label[for="${title.id}"]`)?.textContent.replace(/[:：]\s*$/, "") ?? "";
  if (title && !title.value) title.focus();
  else if (document.activeElement?.type === "submit") document.activeElement.blur();
  if (title && slug) offerPinyin(title, slug, words);
  scheduleButton(form, words);
  passwordField(form.elements.visibility, form.elements.password);
});

// Django's date fields and select2 leave their fields without names for screen readers.
addEventListener("load", () => {
  const nameless = ".vDateField, .vTimeField, .select2-selection, .select2-selection__rendered, .select2-search__field";
  for (const field of document.querySelectorAll(nameless)) {
    const label = field.closest(".form-row")?.querySelector("label, legend")?.textContent.replace(/[:：]\s*$/, "").trim();
    const part = field.matches(".vDateField, .vTimeField") ? field.previousSibling?.textContent.replace(/[:：]\s*$/, "").trim() : "";
    if (!label) continue;
    field.setAttribute("aria-label", [label, part].filter(Boolean).join(" "));
    field.removeAttribute("aria-labelledby");
  }
});

// A time to come makes "Publish" schedule the post.
function scheduleButton(form, words) {
  const button = form.elements._publish;
  const { published_at_0: day, published_at_1: time } = form.elements;
  if (!button || !day) return;
  const publish = button.value;
  const show = () => {
    button.value = momentOf(day.value, time.value) > new Date() ? words.schedule : publish;
  };
  for (const type of ["input", "change", "click", "focusin"]) document.addEventListener(type, show);
  show();
}

// As the form of each language writes it: 2099-05-01, 2099/5/1, 2099年5月1日, 05/01/2099.
function momentOf(day, time) {
  const parts = day.match(/\d+/g) ?? [];
  const [year, month, date] = parts[0]?.length === 4 ? parts : [parts[2], parts[0], parts[1]];
  return new Date(year, month - 1, date, ...(time.match(/\d+/g) ?? []));
}

// Only a protected post needs a password.
function passwordField(visibility, password) {
  if (!visibility || !password) return;
  const show = () => { password.closest(".form-row").hidden = visibility.value !== "password"; };
  visibility.addEventListener("change", show);
  show();
}

// Chinese stays Chinese in a slug unless the author takes this offer.
function offerPinyin(title, slug, words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "slug-offer";
  button.hidden = true;
  slug.after(button);
  let timer, latest = 0;

  async function ask() {
    const mine = ++latest;
    if (!HAN.test(title.value)) {
      button.hidden = true;
      return;
    }
    const answer = await fetch(`${words.slugUrl}?${new URLSearchParams({ title: title.value })}`).catch(() => null);
    if (!answer?.ok || answer.redirected || mine !== latest) return;
    const { pinyin } = await answer.json();
    button.textContent = words.pinyin.replace("{slug}", pinyin);
    button.dataset.slug = pinyin;
    button.hidden = !pinyin || pinyin === slug.value;
  }

  button.addEventListener("click", () => {
    slug.value = button.dataset.slug;
    button.hidden = true;
    slug.dispatchEvent(new Event("input", { bubbles: true }));
  });
  title.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, PAUSE); });
  ask();
}
