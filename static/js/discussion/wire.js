// The wire: a socket, and while there is none, asking every few seconds (docs/live.md). It knows nothing of pages.

const OVER = new Set([4004, 1008, 1009]);

// Who reads and writes; what came before somebody listens is kept.
export const heard = { last: {}, presence: (said) => (heard.last = said) };

let socket = null;
let failures = 0;
let timer = 0;
let pollTimer = 0;
let pulse = 0;
let isOver = false;
let wire = null;

// `socket()` and `asked()` are addresses with the last number known, `ask` fetches JSON, `apply` takes a frame,
// `startAnew` the number from which to go on; `box` shows by its data-live how one listens.
export function listen(how) {
  wire = how;
  addEventListener("pagehide", hangUp);
  addEventListener("pageshow", connect);
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", connect);
  if (document.readyState === "complete") connect();
}

function connect() {
  clearTimeout(timer);
  if (socket || isOver || document.hidden) return;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const mine = new WebSocket(`${scheme}://${location.host}${wire.socket()}`);
  socket = mine;
  let isAlive = true;
  mine.onmessage = ({ data }) => {
    isAlive = true;
    if (data === "pong") return;
    const frame = JSON.parse(data);
    if (frame.type === "hello") {
      failures = 0;
      clearTimeout(pollTimer);
      pollTimer = 0;
      wire.box.dataset.live = "socket";
    } else if (frame.type === "reset") wire.startAnew(frame.n).catch(() => mine.close());
    else if (frame.type === "presence") heard.presence(frame.data);
    else wire.apply(frame);
  };
  mine.onclose = ({ code }) => {
    clearInterval(pulse);
    if (socket !== mine) return;
    socket = null;
    wire.box.dataset.live = "";
    heard.presence({});
    isOver = OVER.has(code);
    failures += 1;
    if (isOver || document.hidden) return;
    if ((failures > 1 || code === 1013) && !pollTimer) poll();
    timer = setTimeout(connect, Math.min(30000, 250 * 2 ** failures) * (0.5 + Math.random()));
  };
  // A line that is dead without having said so is found by asking.
  pulse = setInterval(() => {
    if (!isAlive) {
      mine.onclose({ code: 1006 });
      mine.close();
    } else if (mine.readyState === WebSocket.OPEN) {
      isAlive = false;
      mine.send("ping");
    }
  }, 25000);
}

async function poll() {
  clearTimeout(pollTimer);
  if (!document.hidden) {
    try {
      const missed = await wire.ask(wire.asked());
      if (missed.reset) await wire.startAnew(missed.n);
      else missed.events.forEach(wire.apply);
      if (wire.box.dataset.live !== "socket") wire.box.dataset.live = "asking";
    } catch (error) {
      if (error.status === 404) isOver = true;
    }
  }
  pollTimer = socket?.readyState === WebSocket.OPEN || isOver ? 0 : setTimeout(poll, 4000 + 2000 * Math.random());
}

function hangUp() {
  clearTimeout(timer);
  clearInterval(pulse);
  clearTimeout(pollTimer);
  pollTimer = 0;
  const mine = socket;
  socket = null;
  mine?.close();
}
