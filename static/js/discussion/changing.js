// Changing and removing one's own, as long as the site allows. Fetched only for who has something to change.

import { textOf } from "./comment.js";
import { field, keepDraft, makeForm } from "./form.js";
import { box, find, goTo, idOf, notice, pattern, saidOf, tell, words } from "./page.js";
import { ask, me, minutesUntil, reason } from "./server.js";
import { show, whenShown } from "./thread.js";

const SURE = 6000;
const keyOf = (id) => `change-${id}`;

// The buttons stand there while there is time, and no longer.
function offer(item) {
  const id = idOf(item);
  const left = me.editable[id] ? minutesUntil(me.editable[id]) : 0;
  const deeds = saidOf(item)?.querySelector(".comment-deeds");
  const there = deeds?.querySelector(".own-deeds");
  if (left <= 0) {
    there?.remove();
    return;
  }
  if (!deeds || there) return;
  deeds.append(pattern("own").firstElementChild.cloneNode(true));
  setTimeout(() => find(id) && offer(find(id)), left * 60000 + 500);
}

async function change(item) {
  const id = idOf(item);
  if (saidOf(item).querySelector(".is-change")) return;
  let text = textOf(id);
  try {
    text ??= (await ask(`/api/comments/${id}/`)).text;
  } catch (error) {
    notice(reason(error));
    return;
  }
  const body = saidOf(item).querySelector(".comment-text");
  const leave = () => {
    body.hidden = false;
    goTo(item);
  };
  const form = makeForm({
    key: keyOf(id),
    text,
    send: async (form) => {
      const comment = await ask(`/api/comments/${id}/`, { text: field(form, "text").value }, "PATCH");
      keepDraft(keyOf(id), "");
      form.remove();
      leave();
      show(comment);
    },
    cancel: leave,
  });
  form.classList.add("is-change");
  for (const part of form.querySelectorAll(".comment-who, .field-notify, .sign-in, .comment-website")) part.remove();
  form.querySelector('[value="post"]').textContent = words.save;
  const left = Math.floor(minutesUntil(me.editable[id]));
  if (left < 60) form.querySelector(".form-status").textContent = tell(words.timeLeft, { n: Math.max(1, left) });
  body.hidden = true;
  body.after(form);
  field(form, "text").focus();
}

// Asked once more, on the button itself.
async function remove(item, button) {
  if (!button.classList.contains("is-sure")) {
    const label = button.textContent;
    button.classList.add("is-sure");
    button.textContent = words.sure;
    setTimeout(() => {
      button.classList.remove("is-sure");
      button.textContent = label;
    }, SURE);
    return;
  }
  const id = idOf(item);
  try {
    await ask(`/api/comments/${id}/`, undefined, "DELETE");
    delete me.editable[id];
    show({ id, state: "removed" });
    box.querySelector(".comments-title").focus();
    notice(words.removed);
  } catch (error) {
    notice(reason(error));
  }
}

export function offerAll() {
  for (const id of Object.keys(me.editable)) if (find(id)) offer(find(id));
}

whenShown.push(offer);
box.addEventListener("click", ({ target }) => {
  const item = target.closest(".comment");
  if (target.closest(".comment-change")) change(item);
  if (target.closest(".comment-remove")) remove(item, target.closest(".comment-remove"));
});
