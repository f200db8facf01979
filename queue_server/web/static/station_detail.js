// One ticket in full: why it stands where it stands, what can be done with it, its history.

import { askChoice, askConfirmation, askQueue, askReason, askText } from "./dialogs.js";
import { element } from "./element.js";
import { both, clockText, send, tellRefused, text } from "./page.js";
import { marks, overtaken, shortName } from "./ticket_marks.js";

// In the order in which they are shown; the state table of the server says which are possible.
const ACTS = [
  "check_in",
  "grant_priority",
  "grade",
  "ask_for_doctor",
  "write_note",
  "move",
  "call",
  "recall",
  "miss",
  "results_ready",
  "transfer",
  "hold",
  "resume",
  "cancel_check_in",
  "cancel",
];
const ADDRESSES = {
  check_in: "check-in",
  results_ready: "results-ready",
  grant_priority: "priority",
  write_note: "note",
  ask_for_doctor: "wanted",
  cancel_check_in: "cancel-check-in",
};

/** Returns parts with dots between them; a line breaks between two, not within one. */
function parts(texts) {
  return texts.flatMap((one, index) => [
    index > 0 ? " " : null,
    element("span", { text: index < texts.length - 1 ? `${one} ·` : one }),
  ]);
}

export class DetailPanel {
  constructor(panel, { view, act, done, pickUp, closed }) {
    Object.assign(this, { panel, view, act, done, pickUp, closed });
    this.ticketId = null;
    this.shownChange = null;
  }

  /** Shows a ticket; `besides` is the element it must not cover. */
  async open(ticketId, besides) {
    this.ticketId = ticketId;
    const box = besides?.getBoundingClientRect();
    const isLeft = box !== undefined && box.left + box.width / 2 > innerWidth / 2;
    this.panel.classList.toggle("is-left", isLeft);
    await this.refresh();
  }

  close() {
    if (this.ticketId === null) return;
    this.ticketId = null;
    this.panel.hidden = true;
    this.closed();
  }

  /** Asks for the ticket again, because something has changed. */
  async refresh() {
    if (this.ticketId === null) return;
    const asked = this.ticketId;
    const [queue, number] = asked.split(":");
    try {
      const detail = await send("GET", `/api/queues/${queue}/tickets/${number}`);
      if (this.ticketId === asked) this.draw(queue, detail);
    } catch (refused) {
      if (refused.code === "UNKNOWN_TICKET") this.close();
      else tellRefused(refused);
    }
  }

  draw(queueId, detail) {
    const { ticket } = detail;
    const queue = this.view().queues.find(({ name }) => name.id === queueId);
    this.panel.dataset.ticket = ticket.id;
    this.panel.hidden = false;
    this.panel.replaceChildren(
      ...[
        this.head(ticket, detail.person, queue.name),
        detail.reason_zh
          ? element(
              "section",
              {},
              element("h3", { text: text("detail.why") }),
              element("p", { class: "why", text: both(detail, "reason") }),
            )
          : null,
        ticket.note
          ? element(
              "section",
              {},
              element("h3", { text: text("detail.note") }),
              element("p", { class: "nurse-note", text: ticket.note }),
            )
          : null,
        this.actButtons(queue, detail),
        this.history(detail.history),
        element("button", {
          class: "quiet close",
          "aria-label": text("dialog.close"),
          text: "✕",
          click: () => this.close(),
        }),
      ].filter((part) => part !== null),
    );
  }

  head(ticket, person, name) {
    const who = person
      ? [
          text(`sex.${person.sex}`),
          text("detail.age", { age: person.age }),
          person.id_number_end ? text("detail.id_end", { end: person.id_number_end }) : null,
          text("detail.called_as", { name: person.masked_name }),
        ].filter((part) => part !== null)
      : [text("detail.unknown_person")];
    const times = [
      ticket.slot ? text("detail.slot", { slot: ticket.slot }) : text("ticket.walk_in"),
      ticket.checked_in_s === null ? null : text("detail.checked_in", { time: clockText(ticket.checked_in_s) }),
    ].filter((part) => part !== null);
    return element(
      "div",
      { class: "head" },
      element("p", { class: "number", text: ticket.number }),
      element("p", { class: "name", text: ticket.full_name || text("ticket.no_name") }),
      element("p", { class: "soft" }, parts(who)),
      element("p", { class: "soft" }, parts([both(name, "doctor"), both(name, "room"), ...times])),
      element(
        "p",
        { class: "marks" },
        ticket.state === "standby" ? null : element("span", { class: "mark", text: text(`state.${ticket.state}`) }),
        marks(ticket),
        overtaken(ticket),
      ),
    );
  }

  actButtons(queue, detail) {
    const { ticket, acts, last_step: lastStep } = detail;
    const possible = ACTS.filter((name) => acts.includes(name));
    const made = possible.map((name) =>
      element(
        "button",
        {
          "data-act": name,
          class: name === "cancel" ? "danger" : name === "check_in" ? "main" : "",
          click: () => this.start(name, queue, detail),
        },
        text(`act.${name}`),
        name === "move" ? element("kbd", { text: "M" }) : null,
      ),
    );
    if (lastStep) {
      const what = both(lastStep, "what");
      made.push(
        element("button", {
          class: "whole",
          "data-act": "undo",
          text: `↶ ${text("detail.undo", { what })}`,
          click: () => this.do(queue.name.id, "undo", { entry: lastStep.entry }, detail, "undo"),
        }),
      );
    }
    return element(
      "section",
      {},
      element("h3", { text: text("detail.acts") }),
      made.length > 0
        ? element("div", { class: "acts" }, made)
        : element("p", { class: "soft", text: text("detail.nothing_to_do", { state: text(`state.${ticket.state}`) }) }),
    );
  }

  async start(name, queue, detail) {
    const { ticket } = detail;
    const body = { ticket: ticket.id };
    const title = () => text(`act.${name}_title`, { ticket: shortName(ticket) });
    if (name === "move") {
      this.close();
      this.pickUp(ticket.id);
      return;
    }
    if (name === "grant_priority") {
      const ranks = queue.ranks.map((value) => ({ value, label: text(`rank.${value}`) }));
      body.rank = await askChoice(title(), ranks, text("act.grant_priority"));
      if (!body.rank) return;
      body.proof = await askText(title(), {
        lead: text("act.proof_lead"),
        label: text("act.proof"),
        mainText: text("act.grant_priority"),
      });
      if (body.proof === null) return;
    }
    if (name === "grade") {
      const levels = queue.levels.map((value) => ({ value: String(value), label: text(`level.${value}`) }));
      body.level = Number(await askChoice(title(), levels, text("act.grade")));
      if (!body.level) return;
    }
    if (name === "ask_for_doctor") {
      const known = this.view().all_queues.filter(({ id }) => queue.doctors.includes(id));
      const doctors = known.map((one) => ({ value: one.id, label: both(one, "doctor"), extra: both(one, "room") }));
      const any = { value: "any", label: text("act.any_doctor") };
      const doctor = await askChoice(title(), [...doctors, any], text("act.ask_for_doctor"));
      if (!doctor) return;
      body.doctor = doctor === "any" ? null : doctor;
    }
    if (name === "write_note") {
      body.note = await askText(title(), {
        lead: text("act.write_note_lead"),
        label: text("act.write_note"),
        value: ticket.note,
        mainText: text("act.write_note_confirm"),
      });
      if (body.note === null) return;
    }
    if (name === "call" && queue.tickets.listed.findIndex(({ id }) => id === ticket.id) > 0) {
      body.why = await askReason(title(), "call_");
      if (body.why === null) return;
    }
    if (name === "transfer") {
      const others = this.view().all_queues.filter(({ id }) => id !== queue.name.id);
      body.to_queue = await askQueue(title(), others, text("act.transfer"));
      if (!body.to_queue) return;
    }
    if (name === "cancel") {
      const isMeant = await askConfirmation(title(), text("act.cancel_lead"), text("act.cancel"));
      if (!isMeant) return;
    }
    const address = ADDRESSES[name] ?? name;
    await this.do(queue.name.id, address, body, detail, name);
  }

  async do(queueId, address, body, detail, name) {
    const done = await this.act(queueId, address, body, detail.entry_count);
    if (done) this.done(text(`act.${name}_done`, { ticket: shortName(detail.ticket) }));
    await this.refresh();
  }

  history(lines) {
    return element(
      "section",
      {},
      element("h3", { text: text("detail.history") }),
      element(
        "ol",
        { class: "history" },
        lines.map((line) =>
          element(
            "li",
            {},
            element("time", { text: line.at }),
            element(
              "span",
              {},
              element("strong", { text: both(line, "what") }),
              element("span", { class: "who", text: ` · ${line.by === "records" ? text("detail.by_records") : line.by}` }),
            ),
            line.reason_zh ? element("span", { class: "reason", text: both(line, "reason") }) : null,
          ),
        ),
      ),
    );
  }
}
