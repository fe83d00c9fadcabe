// The reckoning that a comment costs while a flood is on, in a worker, so that typing stays smooth.

import { words } from "./page.js";

export function solve(challenge, bits) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(words.prover);
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(`${challenge}:${data}`);
    };
    worker.onerror = () => {
      worker.terminate();
      reject(new Error("no proof"));
    };
    worker.postMessage({ challenge, bits });
  });
}
