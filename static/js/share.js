// Sharing: copying to the clipboard, and the share sheet of the system.

// Shows `done` on the button for a moment and announces it to screen readers. Resolves to false if it is forbidden.
export async function copyText(text, button, done) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return false;
  }
  button.textContent = done;
  document.getElementById("_announcer").textContent = done;
  setTimeout(() => (button.textContent = label), 2000);
  return true;
}

export function offer(details) {
  const { url, title } = details.dataset;
  const copy = details.querySelector(".share-copy");
  const system = details.querySelector(".share-system");
  const copyButton = copy.firstElementChild;
  copy.hidden = !navigator.clipboard;
  system.hidden = !navigator.share;
  copyButton.addEventListener("click", async () => {
    copy.hidden = !(await copyText(url, copyButton, copyButton.dataset.done));
  });
  system.firstElementChild.addEventListener("click", () => {
    navigator.share({ url, title }).catch(() => {}); // closed without sharing
  });
}
