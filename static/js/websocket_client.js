// The websocket client of posts, activities and moderation. It reconnects, and polls without a connection (docs/live.md).

const PING_INTERVAL = 25_000; // milliseconds
const MIN_DELAY = 500;
const MAX_SPREAD = 30_000;
const TRY_AGAIN_LATER = 1013; // close codes
const FINAL = new Set([4004, 1008, 1009]);

// Calls `onEvent(frame)` for each numbered event, and the async `onReset(n)` where missed ones cannot be sent again.
// `socketPath()` and `eventsPath()` name the last event that the page knows. After `pollAfter` failures in a row, `poll()`
// is called every few seconds; it resolves to whether it worked. `element.dataset.live` is "socket", "polling" or "".
// Pages return at random within `spread` milliseconds, twice as many after each failure, so that a restarted server is
// not flooded by all that were open.
export function followEvents({
  element,
  socketPath,
  eventsPath,
  onEvent,
  onReset,
  onPresence = () => {},
  onHello = () => {},
  onClose = () => {},
  poll = null,
  pollAfter = 2,
  spread = 4500,
}) {
  let socket = null;
  let failures = 0;
  let isStopped = false;
  let isPolling = false;
  let reconnectTimer = 0;
  let pollTimer = 0;
  let pingTimer = 0;

  function connect() {
    clearTimeout(reconnectTimer);
    if (socket || isStopped || document.hidden) return;
    const current = new WebSocket(`${location.origin.replace("http", "ws")}${socketPath()}`);
    let isAlive = true;
    socket = current;
    current.onmessage = ({ data }) => {
      isAlive = true;
      if (data === "pong") return;
      const frame = JSON.parse(data);
      if (frame.type === "hello") {
        failures = 0;
        stopPolling();
        element.dataset.live = "socket";
        onHello(frame.n);
      } else if (frame.type === "reset") onReset(frame.n).catch(() => current.close());
      else if (frame.type === "presence") onPresence(frame.data);
      else onEvent(frame);
    };
    current.onclose = ({ code }) => {
      clearInterval(pingTimer);
      if (socket !== current) return;
      socket = null;
      element.dataset.live = "";
      onPresence({});
      onClose(code);
      isStopped ||= FINAL.has(code);
      failures += 1;
      if (isStopped || document.hidden) return;
      if (!isPolling && (failures >= pollAfter || code === TRY_AGAIN_LATER)) startPolling();
      reconnectTimer = setTimeout(connect, MIN_DELAY + Math.random() * Math.min(MAX_SPREAD, spread * 2 ** (failures - 1)));
    };
    // A connection that broke without a close frame answers no ping.
    pingTimer = setInterval(() => {
      if (!isAlive) reconnect();
      else if (current.readyState === WebSocket.OPEN) {
        isAlive = false;
        current.send("ping");
      }
    }, PING_INTERVAL);
  }

  async function startPolling() {
    isPolling = true;
    const isSuccess = !document.hidden && (await (poll ?? pollEvents)());
    if (!isPolling) return;
    if (isSuccess) element.dataset.live = "polling";
    clearTimeout(pollTimer);
    pollTimer = setTimeout(startPolling, 4000 + 2000 * Math.random());
  }

  async function pollEvents() {
    try {
      const response = await fetch(eventsPath(), { cache: "no-store", headers: { Accept: "application/json" } });
      if (response.status === 404) stop();
      if (!response.ok) return false;
      const { n, events, reset } = await response.json();
      if (reset) await onReset(n);
      else events.forEach(onEvent);
      return true;
    } catch (error) {
      console.warn(error);
      return false;
    }
  }

  function stopPolling() {
    isPolling = false;
    clearTimeout(pollTimer);
  }

  function disconnect() {
    clearTimeout(reconnectTimer);
    clearInterval(pingTimer);
    stopPolling();
    const current = socket;
    socket = null;
    current?.close();
  }

  function stop() {
    isStopped = true;
    disconnect();
  }

  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  addEventListener("online", connect);
  document.addEventListener("visibilitychange", connect);
  if (document.readyState === "complete") connect();
  // For a connection that is broken, although nobody has closed it.
  function reconnect() {
    const current = socket;
    current?.onclose({ code: 1006 });
    current?.close();
  }

  // What cannot be sent now is the caller's to send again after `onHello`.
  const send = (text) => socket?.readyState === WebSocket.OPEN && socket.send(text);
  return { stop, send, reconnect };
}
