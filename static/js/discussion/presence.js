// How many read, and who writes right now. Fetched only where the site shows it.

import { address, box, language, tell, words } from "./page.js";
import { ask, me } from "./server.js";
import { heard } from "./wire.js";

const AGAIN = 4000;
const line = box.querySelector(".presence");
const list = new Intl.ListFormat(language);
const told = { at: 0, name: "" };

heard.presence = ({ reading = 0, writing = [] }) => {
  const others = writing.filter((name) => name !== told.name);
  const said = [];
  if (reading > 1) said.push(tell(words.reading, { n: reading }));
  if (others.length) said.push(tell(others.length > 1 ? words.manyWrite : words.writes, { names: list.format(others) }));
  line.textContent = said.join(" · ");
};
heard.presence(heard.last);

box.addEventListener("input", ({ target }) => {
  if (target.name !== "text" || Date.now() - told.at < AGAIN) return;
  const name = me.user?.name || target.form.elements.namedItem("name")?.value;
  Object.assign(told, { at: Date.now(), name });
  ask(`${address}writing/`, me.user ? {} : { name }).catch(() => {}); // nobody waits for it
});
