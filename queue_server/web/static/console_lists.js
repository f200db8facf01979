// The lists of the doctor console: who waits, who is away, and who waits for colleagues.

import { element, refill } from "./element.js";
import { both, text } from "./page.js";
import { marks, slotText, waited } from "./ticket_marks.js";

/**
 * Draws the lists. `page` has what is `opened`, `isBusy`, `nowSecond`, and what a press does: `run`,
 * `transfer`, `callChosen`, `crossCall` and `toggle`.
 */
export function drawLists(holder, view, page) {
  const { tickets, status } = view.queue;
  const groups = [
    ["waiting", tickets.listed],
    ["missed", tickets.missed],
    ["away", tickets.away],
    ["held", tickets.held],
  ];
  const colleagues = view.colleagues.filter(({ listed }) => listed.length > 0);
  const minutes = Math.floor(page.nowSecond / 60);
  const focused = document.activeElement?.dataset?.ticket ?? document.activeElement?.dataset?.colleague;
  refill(holder, [groups, colleagues, minutes, page.opened, page.isBusy, status], () => [
    ...groups
      .filter(([name, listed]) => name === "waiting" || listed.length > 0)
      .map(([name, listed]) => group(name, listed, status, page)),
    ...colleagues.map((colleague) => colleagueGroup(colleague, status, page)),
  ]);
  if (focused) {
    const there = `[data-ticket="${CSS.escape(focused)}"], [data-colleague="${CSS.escape(focused)}"]`;
    holder.querySelector(there)?.focus({ preventScroll: true });
  }
}

function group(name, listed, status, page) {
  return element(
    "section",
    { "data-list": name },
    element("h2", {}, `${text(`console.${name}`)} `, element("b", { text: String(listed.length) })),
    listed.length === 0 ? element("p", { class: "empty", text: text("console.nobody_waits") }) : null,
    listed.map((ticket) => patient(ticket, page, () => ownActs(name, ticket, status, page))).flat(),
  );
}

function colleagueGroup({ name, listed }, status, page) {
  const isOpened = page.opened === name.id || listed.some(({ id }) => id === page.opened);
  const heading = element(
    "button",
    {
      class: "quiet colleague",
      "data-colleague": name.id,
      "aria-expanded": String(isOpened),
      click: () => page.toggle(name.id),
    },
    element("span", { text: text("console.colleague", { doctor: both(name, "doctor"), room: both(name, "room") }) }),
    element("b", { text: String(listed.length) }),
  );
  const take = (ticket) => [
    status === "open"
      ? element("button", {
          class: "main",
          "data-act": "cross-call",
          disabled: page.isBusy,
          text: text("console.cross_call"),
          click: () => page.crossCall(ticket, name),
        })
      : element("p", { class: "soft", text: text(`console.call_next_${status}`) }),
  ];
  return element(
    "section",
    { "data-list": name.id },
    element("h2", {}, heading),
    isOpened ? listed.map((ticket) => patient(ticket, page, () => take(ticket))).flat() : null,
  );
}

function patient(ticket, page, acts) {
  const kind = ticket.state === "standby" ? " is-standby" : "";
  const emergency = ticket.kind === "emergency" ? " is-emergency" : "";
  const isOpened = page.opened === ticket.id;
  const row = element(
    "button",
    {
      class: `patient${kind}${emergency}`,
      "data-ticket": ticket.id,
      "aria-expanded": String(isOpened),
      click: () => page.toggle(ticket.id),
    },
    element("span", { class: "number", text: ticket.number }),
    element("span", { class: "name", "data-unknown": text("ticket.no_name"), text: ticket.full_name }),
    waited(ticket, page.nowSecond),
    element("span", { class: "more" }, element("span", { class: "slot", text: slotText(ticket) }), marks(ticket)),
    ticket.note ? element("span", { class: "nurse-note", text: text("console.note", { note: ticket.note }) }) : null,
  );
  return isOpened ? [row, element("div", { class: "patient-acts" }, acts())] : [row];
}

function ownActs(list, ticket, status, page) {
  const button = (name, act, press, isMain = false) =>
    element("button", {
      class: isMain ? "main" : "",
      "data-act": act,
      disabled: page.isBusy,
      text: text(name),
      click: press,
    });
  const run = (address) => () => page.run(address, { ticket: ticket.id });
  const canCall = (list === "waiting" || list === "missed") && status === "open";
  return [
    canCall ? button("console.call", "call", () => page.callChosen(ticket), true) : null,
    list === "waiting" ? button("console.hold", "hold", run("hold")) : null,
    list === "away" && !ticket.has_results
      ? button("act.results_ready", "results-ready", run("results-ready"))
      : null,
    list === "held" ? button("act.resume", "resume", run("resume"), true) : null,
    button("console.transfer", "transfer", () => page.transfer(ticket)),
  ].filter((one) => one !== null);
}
