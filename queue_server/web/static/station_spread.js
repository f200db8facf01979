// Who would wait less at a colleague: a quiet panel that proposes. The nurse decides, or asks.

import { element, refill } from "./element.js";
import { both, tellDone, text } from "./page.js";

export class SpreadPanel {
  /** `station` has `view()` and `act`; `button` opens `host`. */
  constructor(host, button, station) {
    Object.assign(this, { host, button, station });
    this.left = new Set();
    button.addEventListener("click", () => this.toggle());
  }

  /** Shows how many there are, and the panel's lines if it is open. */
  draw() {
    const { proposals } = this.station.view();
    const ids = new Set(proposals.map(({ ticket }) => ticket));
    for (const id of this.left) if (!ids.has(id)) this.left.delete(id);
    this.button.hidden = proposals.length === 0 && this.host.hidden;
    refill(this.button, proposals.length, () => [
      element("span", { text: text("spread.button", { count: proposals.length }) }),
      element("kbd", { text: "W" }),
    ]);
    if (this.host.hidden) return;
    refill(this.host, [proposals, [...this.left]], () => this.parts(proposals));
  }

  toggle() {
    if (this.button.hidden) return;
    this.host.hidden = !this.host.hidden;
    this.button.setAttribute("aria-expanded", String(!this.host.hidden));
    this.draw();
    (this.host.hidden ? this.button : this.host.querySelector("input, button"))?.focus();
  }

  close() {
    if (!this.host.hidden) this.toggle();
  }

  parts(proposals) {
    const chosen = proposals.filter(({ ticket }) => !this.left.has(ticket));
    const notAsked = chosen.filter((one) => !one.is_asked);
    return [
      element("h2", { text: text("spread.title") }),
      element("p", { class: "soft", text: text(proposals.length ? "spread.lead" : "spread.nothing") }),
      element("ol", {}, proposals.map((one) => this.line(one))),
      proposals.length === 0
        ? null
        : element(
            "div",
            { class: "buttons" },
            element("button", {
              class: "main",
              "data-do": "confirm",
              disabled: chosen.length === 0,
              text: text("spread.confirm", { count: chosen.length }),
              click: () => this.each(chosen, "spread", "spread.confirmed"),
            }),
            element("button", {
              "data-do": "ask",
              disabled: notAsked.length === 0,
              text: text("spread.ask", { count: notAsked.length }),
              click: () => this.each(notAsked, "offer-colleague", "spread.asked"),
            }),
          ),
      element("button", {
        class: "quiet close",
        "aria-label": text("dialog.close"),
        text: "✕",
        click: () => this.close(),
      }),
    ];
  }

  line(one) {
    const name = (id) => this.station.view().queues.find(({ name: queue }) => queue.id === id).name;
    const [from, to] = [name(one.queue), name(one.to_queue)];
    const minutes = (count) => (count === null ? text("spread.unknown") : text("page.minutes", { count }));
    return element(
      "li",
      { "data-proposal": one.ticket, class: one.is_asked ? "is-asked" : null },
      element(
        "label",
        {},
        element("input", {
          type: "checkbox",
          checked: !this.left.has(one.ticket),
          change: (event) => {
            if (event.target.checked) this.left.delete(one.ticket);
            else this.left.add(one.ticket);
            this.draw();
            this.host.querySelector(`[data-proposal="${CSS.escape(one.ticket)}"] input`)?.focus();
          },
        }),
        element("span", { class: "number", text: one.number }),
        element("span", { class: "name", text: one.full_name || text("ticket.no_name") }),
        one.is_asked ? element("span", { class: "mark", text: text("spread.is_asked") }) : null,
      ),
      element("p", { class: "way", text: `${place(from)} → ${place(to)}` }),
      element(
        "p",
        { class: "waits" },
        element("span", { class: "before", text: minutes(one.before_min) }),
        element("span", { class: "soft", text: " → " }),
        element("strong", { class: "after", text: minutes(one.after_min) }),
      ),
    );
  }

  /** One after the other, in the order of slots; what no longer holds is told, the others go on. */
  async each(proposals, name, told) {
    const seenEntry = this.station.view().entry_count;
    let count = 0;
    for (const one of proposals) {
      const body = { ticket: one.ticket, to_queue: one.to_queue };
      if (await this.station.act(one.queue, name, body, seenEntry)) count += 1;
    }
    this.draw();
    if (count === proposals.length) tellDone(text(told, { count }));
  }
}

function place(queue) {
  return `${both(queue, "doctor")} · ${both(queue, "room")}`;
}
