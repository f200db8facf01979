// The page's view, kept up to date by server-sent events; says when it is not.

import { send } from "./page.js";

const SILENCE_MAX_MS = 15000; // The server is heard every 10 s, even when nothing has changed.
const CATCH_UP_MAX_MS = 2000;

export class LiveView {
  /** `show(view)` is called for each view, `connected(isConnected)` when the line comes or goes. */
  constructor(address, { show, connected }) {
    this.address = address;
    this.show = show;
    this.connected = connected;
    this.view = null;
    this.waiting = [];
    this.receivedAt = 0;
  }

  start() {
    this.open();
    setInterval(() => {
      if (performance.now() - this.receivedAt > SILENCE_MAX_MS) this.reopen();
    }, 2000);
  }

  open() {
    this.receivedAt = performance.now();
    this.source = new EventSource(this.address);
    this.source.addEventListener("view", (event) => this.received(JSON.parse(event.data)));
    this.source.addEventListener("change", (event) => this.received(changed(this.view, JSON.parse(event.data))));
    this.source.addEventListener("error", () => this.failed());
  }

  reopen() {
    this.connected(false);
    this.source.close();
    this.open();
  }

  received(view) {
    this.receivedAt = performance.now();
    this.view = view;
    this.connected(true);
    this.show(view);
    this.waiting = this.waiting.filter(({ entry, resolve }) => {
      if (view.entry_count >= entry) resolve();
      return view.entry_count < entry;
    });
  }

  async failed() {
    this.connected(false);
    if (this.source.readyState !== EventSource.CLOSED) return; // It tries again by itself.
    try {
      await send("GET", "/api/me"); // Leads to the sign-in page when the session is over.
    } catch {
      // The server is away: the line is tried again below.
    }
    setTimeout(() => this.reopen(), 1000);
  }

  /** Returns the present second of the clinic day, by the server's clock. */
  nowSecond() {
    return this.view.now_s + Math.floor((performance.now() - this.receivedAt) / 1000);
  }

  /** Waits until the page shows what entry `entry` has changed. */
  reached(entry) {
    if (this.view.entry_count >= entry) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push({ entry, resolve });
      setTimeout(resolve, CATCH_UP_MAX_MS);
    });
  }
}

/** Returns `view` with the fields that have changed, and of its lists of queues the queues that have. */
function changed(view, { fields, queue_lists: lists }) {
  const result = { ...view, ...fields };
  for (const [name, queues] of Object.entries(lists)) {
    const news = new Map(queues.map((queue) => [queue.name.id, queue]));
    result[name] = view[name].map((queue) => news.get(queue.name.id) ?? queue);
  }
  return result;
}
