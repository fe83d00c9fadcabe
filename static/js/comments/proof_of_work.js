// Proof of work, asked for during a spam wave: a number such that SHA-256 of "challenge:number" begins with `bits` zero
// bits. It is searched in a worker, so that typing stays smooth; the worker loads this file too. SHA-256 (FIPS 180-4) is
// our own, because crypto.subtle is asynchronous and there on https only.

// Resolves to "challenge:number".
export function solve(challenge, bits) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(import.meta.url, { type: "module" });
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(`${challenge}:${data}`);
    };
    worker.onerror = () => {
      worker.terminate();
      reject(new Error("The worker failed."));
    };
    worker.postMessage({ challenge, bits });
  });
}

const PRIMES = [];
for (let n = 2; PRIMES.length < 64; n += 1) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const INITIAL = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const K = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)));
const w = new Int32Array(64);

const rotate = (x, n) => (x >>> n) | (x << (32 - n));

// Processes the 64-byte block at `at`.
function compress(state, bytes, at) {
  for (let i = 0; i < 16; i += 1)
    w[i] =
      (bytes[at + 4 * i] << 24) | (bytes[at + 4 * i + 1] << 16) | (bytes[at + 4 * i + 2] << 8) | bytes[at + 4 * i + 3];
  for (let i = 16; i < 64; i += 1) {
    const [x, y] = [w[i - 15], w[i - 2]];
    w[i] =
      w[i - 16] + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + w[i - 7] + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const one = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
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

function search({ challenge, bits }) {
  const prefix = new TextEncoder().encode(`${challenge}:`);
  const whole = prefix.length - (prefix.length % 64);
  let prefixState = INITIAL;
  for (let at = 0; at < whole; at += 64) prefixState = compress(prefixState, prefix, at); // the same for every number
  const rest = prefix.subarray(whole);
  for (let number = 0; ; number += 1) {
    const digits = String(number);
    const length = rest.length + digits.length;
    const end = new Uint8Array(length + 9 > 64 ? 128 : 64);
    end.set(rest);
    for (let i = 0; i < digits.length; i += 1) end[rest.length + i] = digits.charCodeAt(i);
    end[length] = 128;
    new DataView(end.buffer).setUint32(end.length - 4, (whole + length) * 8);
    let state = prefixState;
    for (let at = 0; at < end.length; at += 64) state = compress(state, end, at);
    if (zeroBits(state) >= bits) return number;
  }
}

const isWorker = typeof WorkerGlobalScope !== "undefined";
if (isWorker) self.onmessage = ({ data }) => postMessage(search(data));
