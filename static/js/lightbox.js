// Images of a text that are shown smaller than they are open large: by click or by Enter. Without this script they stay.

let dialog;

function open(image) {
  dialog ??= document.body.appendChild(Object.assign(document.createElement("dialog"), { className: "lightbox" }));
  const large = Object.assign(new Image(), { src: image.src, alt: image.alt });
  const caption = image.closest("figure")?.querySelector("figcaption");
  dialog.replaceChildren(large, ...(caption ? [Object.assign(document.createElement("p"), { textContent: caption.textContent })] : []));
  dialog.setAttribute("aria-label", image.alt || image.getAttribute("aria-label"));
  dialog.onclick = () => dialog.close();
  dialog.onclose = () => image.focus();
  dialog.tabIndex = -1;
  dialog.showModal();
}

function offer(image, label) {
  if (image.closest("a, button") || image.naturalWidth <= image.clientWidth * 1.2) return;
  image.tabIndex = 0;
  image.setAttribute("role", "button");
  image.setAttribute("aria-label", [image.alt, label].filter(Boolean).join(" – "));
}

export function enlarge(text, label) {
  for (const image of text.querySelectorAll("img")) {
    if (image.complete) offer(image, label);
    else image.addEventListener("load", () => offer(image, label), { once: true });
  }
  const react = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    if (event.target.getAttribute("role") !== "button" || event.target.tagName !== "IMG") return;
    event.preventDefault();
    open(event.target);
  };
  text.addEventListener("click", react);
  text.addEventListener("keydown", react);
}
