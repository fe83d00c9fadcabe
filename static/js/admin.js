// What the admin's pages add for small screens, keyboards and screen readers. Each page works without it.

// A row becomes a card on a phone (css/admin.css): its values say what they are, and so do fields in it.
const headers = [...document.querySelectorAll("#result_list thead th")].map((header) => (header.querySelector(".text") ?? header).textContent.trim());
for (const row of document.querySelectorAll("#result_list tbody tr")) {
  const name = row.querySelector("th")?.textContent.trim() || "";
  [...row.children].forEach((cell, at) => {
    if (!headers[at]) return;
    cell.dataset.label = headers[at];
    for (const field of cell.querySelectorAll("input:not([type=hidden]), select")) field.ariaLabel ||= `${headers[at]}: ${name}`;
  });
}

// Django names the two fields of a date and time together, and a column of its tables not at all.
for (const box of document.querySelectorAll(".form-row .datetime")) {
  const label = box.closest(".form-row").querySelector("label, legend")?.textContent.replace(/[:：]\s*$/, "").trim();
  for (const field of box.querySelectorAll("input")) field.ariaLabel = `${label} ${field.previousSibling?.textContent.trim() || ""}`;
}
for (const header of document.querySelectorAll("thead th:empty, thead th.original:not(:has(*))")) {
  if (header.textContent.trim()) continue;
  const cell = document.createElement("td");
  cell.className = header.className;
  header.replaceWith(cell);
}

// Wide tables of a form scroll; the keyboard must reach them.
for (const box of document.querySelectorAll(".inline-group")) box.tabIndex = 0;

// select2 names its box after the chosen value, which may be none. jQuery makes the boxes before it calls this.
window.django?.jQuery?.(() => {
  for (const box of document.querySelectorAll(".select2-selection")) {
    const field = box.closest(".select2-container")?.previousElementSibling;
    const label = field?.labels?.[0]?.textContent.replace(/[:：]\s*$/, "").trim();
    if (!label) continue;
    box.ariaLabel = label;
    box.removeAttribute("aria-labelledby");
    for (const part of box.querySelectorAll("[role=textbox], [role=searchbox]")) part.ariaLabel = label;
  }
});

// "/" goes to the search of a list.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const field = document.getElementById("searchbar");
  if (!field) return;
  event.preventDefault();
  field.focus();
});
