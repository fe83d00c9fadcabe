// Words and reading time as the server counts them (frodo/markdown): each Chinese or Japanese character is a word.

const HAN = /[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu;
const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
const JOINED = /(?<=[A-Za-z0-9])['’.-](?=[A-Za-z0-9])/g;
const MARKUP = /!?\[([^\]]*)\]\([^)]*\)|<!--[\s\S]*?-->|<[^>\n]+>/g;
const PER_MINUTE = 300;

export function count(text) {
  const plain = text.replace(MARKUP, " $1 ");
  const n = (plain.match(HAN)?.length ?? 0) + (plain.replace(HAN, " ").replace(JOINED, "").match(WORD)?.length ?? 0);
  return { words: n, minutes: Math.max(1, Math.round(n / PER_MINUTE)) };
}
