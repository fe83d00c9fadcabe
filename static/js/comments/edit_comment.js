// Editing and deleting one's own comments while the site allows it, and the author's link to the editor. Loaded for
// those who may.

import { interpolate } from "../live_page.js";
import { errorMessage, minutesUntil, request, viewer } from "./api.js";
import { createForm } from "./comment_form.js";
import { bodyOf, dataset, findComment, focusComment, idOf, section, showToast, template } from "./dom.js";
import { saveDraft } from "./draft_storage.js";
import { onRendered, renderComment, sourceOf } from "./thread.js";

const CONFIRM_TIMEOUT = 6000; // milliseconds
const draftKey = (id) => `change-${id}`;

// Shows the buttons until the time is up.
function updateButtons(item) {
  const id = idOf(item);
  const minutes = viewer.editable[id] ? minutesUntil(viewer.editable[id]) : 0;
  const actions = bodyOf(item)?.querySelector(".comment-actions");
  const buttons = actions?.querySelector(".own-actions");
  if (minutes <= 0) {
    buttons?.remove();
    return;
  }
  if (!actions || buttons) return;
  actions.append(template("own-actions").firstElementChild.cloneNode(true));
  setTimeout(() => findComment(id) && updateButtons(findComment(id)), minutes * 60000 + 500);
}

async function edit(item) {
  const id = idOf(item);
  if (bodyOf(item).querySelector(".is-edit")) return;
  let text = sourceOf(id);
  try {
    text ??= (await request(`/api/comments/${id}/`)).text;
  } catch (error) {
    showToast(errorMessage(error));
    return;
  }
  const body = bodyOf(item).querySelector(".comment-text");
  const close = () => {
    body.hidden = false;
    focusComment(item);
  };
  const form = createForm({
    key: draftKey(id),
    text,
    submit: async (form) => {
      const comment = await request(`/api/comments/${id}/`, { text: form.elements.text.value }, "PATCH");
      saveDraft(draftKey(id), "");
      form.remove();
      close();
      renderComment(comment);
    },
    onCancel: close,
  });
  form.classList.add("is-edit");
  for (const part of form.querySelectorAll(".guest-fields, .field-notify, .sign-in, .comment-website")) part.remove();
  form.querySelector('[value="post"]').textContent = dataset.save;
  const minutes = Math.floor(minutesUntil(viewer.editable[id]));
  if (minutes < 60)
    form.querySelector(".form-status").textContent = interpolate(dataset.timeLeft, { n: Math.max(1, minutes) });
  body.hidden = true;
  body.after(form);
  form.elements.text.focus();
}

// The first click asks for confirmation on the button itself.
async function deleteComment(item, button) {
  if (!button.classList.contains("is-confirming")) {
    const label = button.textContent;
    button.classList.add("is-confirming");
    button.textContent = dataset.confirmDelete;
    setTimeout(() => {
      button.classList.remove("is-confirming");
      button.textContent = label;
    }, CONFIRM_TIMEOUT);
    return;
  }
  const id = idOf(item);
  try {
    await request(`/api/comments/${id}/`, undefined, "DELETE");
  } catch (error) {
    showToast(errorMessage(error));
    return;
  }
  delete viewer.editable[id];
  renderComment({ id, state: "removed" });
  section.querySelector(".comments-title").focus();
  showToast(dataset.deleted);
}

export function addEditPostLink() {
  const meta = document.querySelector("main .meta");
  if (!meta || meta.querySelector(".edit-post")) return;
  const link = { className: "edit-post", href: viewer.edit_url, textContent: dataset.editPost, rel: "nofollow" };
  meta.append(Object.assign(document.createElement("a"), link));
}

export function updateAllButtons() {
  for (const id of Object.keys(viewer.editable)) if (findComment(id)) updateButtons(findComment(id));
}

onRendered.push(updateButtons);
section.addEventListener("click", ({ target }) => {
  const item = target.closest(".comment");
  if (target.closest(".comment-edit")) edit(item);
  if (target.closest(".comment-delete")) deleteComment(item, target.closest(".comment-delete"));
});
