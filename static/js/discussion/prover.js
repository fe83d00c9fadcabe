// A worker: finds a number so that SHA-256 of "challenge:number" begins with so many zero bits.
// By hand, because the browser's own digest answers late and only on https.

const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const w = new Int32Array(64);

const turn = (x, n) => (x >>> n) | (x << (32 - n));

// Take in the 64 bytes from `at` on.
function mix(state, bytes, at) {
  for (let i = 0; i < 16; i += 1) w[i] = (bytes[at + 4 * i] << 24) | (bytes[at + 4 * i + 1] << 16) | (bytes[at + 4 * i + 2] << 8) | bytes[at + 4 * i + 3];
  for (let i = 16; i < 64; i += 1) {
    const [x, y] = [w[i - 15], w[i - 2]];
    w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  const after = [a, b, c, d, e, f, g, h];
  return state.map((word, i) => (word + after[i]) | 0);
}

function zeroBits(state) {
  let n = 0;
  for (const word of state) {
    n += Math.clz32(word);
    if (word) break;
  }
  return n;
}

onmessage = ({ data: { challenge, bits } }) => {
  const said = new TextEncoder().encode(`${challenge}:`);
  const whole = said.length - (said.length % 64);
  let before = START;
  for (let at = 0; at < whole; at += 64) before = mix(before, said, at); // the same for every number
  const rest = said.subarray(whole);
  for (let number = 0; ; number += 1) {
    const digits = String(number);
    const length = rest.length + digits.length;
    const end = new Uint8Array(length + 9 > 64 ? 128 : 64);
    end.set(rest);
    for (let i = 0; i < digits.length; i += 1) end[rest.length + i] = digits.charCodeAt(i);
    end[length] = 128;
    new DataView(end.buffer).setUint32(end.length - 4, (whole + length) * 8);
    let state = before;
    for (let at = 0; at < end.length; at += 64) state = mix(state, end, at);
    if (zeroBits(state) >= bits) {
      postMessage(number);
      return;
    }
  }
};
