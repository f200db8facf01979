// Several patients at once: marked one by one, then transferred together.

import { askQueue } from "./dialogs.js";
import { element, refill } from "./element.js";
import { tellDone, text } from "./page.js";

export class Marked {
  /** `station` has `view()`, `act` and `draw()`; `bar` tells how many are marked. */
  constructor(bar, station) {
    Object.assign(this, { bar, station });
    this.ids = new Set();
  }

  has(ticketId) {
    return this.ids.has(ticketId);
  }

  toggle(ticketId) {
    if (!this.ids.delete(ticketId)) this.ids.add(ticketId);
    this.station.draw();
  }

  clear() {
    if (this.ids.size === 0) return;
    this.ids.clear();
    this.station.draw();
  }

  /** Forgets those who wait no more, and shows how many are left. */
  draw() {
    const listed = new Set(this.station.view().queues.flatMap(({ tickets }) => tickets.listed.map(({ id }) => id)));
    for (const id of this.ids) if (!listed.has(id)) this.ids.delete(id);
    this.bar.hidden = this.ids.size === 0;
    refill(this.bar, this.ids.size, () => [
      element("span", { text: text("marked.count", { count: this.ids.size }) }),
      element("button", { class: "main", click: () => this.transfer() }, text("act.transfer"), element("kbd", { text: "T" })),
      element("button", { click: () => this.clear() }, text("move.leave"), element("kbd", { text: "Esc" })),
    ]);
  }

  /** Asks where to, then sends them one after the other, in the order in which they stand. */
  async transfer() {
    const view = this.station.view();
    const seenEntry = view.entry_count;
    const standing = view.queues.flatMap(({ tickets }) => tickets.listed.map(({ id }) => id));
    const ids = standing.filter((id) => this.ids.has(id));
    const from = new Set(ids.map((id) => id.split(":")[0]));
    const others = view.all_queues.filter(({ id }) => from.size > 1 || !from.has(id));
    const to = await askQueue(text("marked.title", { count: ids.length }), others, text("act.transfer"));
    if (!to) return;
    let sent = 0;
    for (const id of ids.filter((one) => one.split(":")[0] !== to)) {
      // What has changed meanwhile is told and stays marked; the others go on.
      if (!(await this.station.act(id.split(":")[0], "transfer", { ticket: id, to_queue: to }, seenEntry))) continue;
      this.ids.delete(id);
      sent += 1;
    }
    this.station.draw();
    tellDone(text("marked.done", { count: sent }));
  }
}
