// A ticket in words: its marks, its state, its waiting time.

import { element } from "./element.js";
import { minutesSince, text } from "./page.js";

const LONG_WAIT_MIN = 60;

/** Returns the marks that say what is special about a ticket. Words, never colour alone. */
export function marks(ticket) {
  const made = [];
  const add = (name, key, parts) =>
    made.push(element("span", { class: `mark ${name}`, text: text(key, parts) }));
  if (ticket.kind === "emergency") {
    if (ticket.level) add(`emergency level-${ticket.level}`, "mark.level", { level: ticket.level });
    else add("emergency", "mark.emergency");
  }
  if (ticket.state === "standby") add("standby", "mark.standby");
  if (ticket.kind === "priority") add("priority", `rank.${ticket.rank || "none"}`);
  if (ticket.kind === "returned") add("returned", "mark.returned");
  if (ticket.kind === "missed") add("missed", "mark.missed", { count: ticket.missed_count });
  if (ticket.is_extra) add("extra", "mark.extra");
  if (ticket.is_late) add("late", "mark.late");
  if (ticket.has_results) add("results", "mark.results");
  if (ticket.note) add("note", "mark.note");
  if (ticket.shares_masked_name) add("shared", "mark.shared");
  return made;
}

/** Returns how many came in before the ticket, or null. */
export function overtaken(ticket) {
  const parts = { count: ticket.overtaken_count };
  if (parts.count === 0) return null;
  const title = text("mark.overtaken_hint", parts);
  return element("span", { class: "mark overtaken", title, text: text("mark.overtaken", parts) });
}

/** Returns the start of the slot, or that there is none. */
export function slotText(ticket) {
  return ticket.slot ? ticket.slot.split("-")[0] : text("ticket.walk_in");
}

/** Returns how long the ticket has waited, as an element. */
export function waited(ticket, nowSecond) {
  if (ticket.checked_in_s === null) return element("span", { class: "waited" });
  const minutes = minutesSince(ticket.checked_in_s, nowSecond);
  const isLong = minutes >= LONG_WAIT_MIN ? " is-long" : "";
  const title = text("ticket.waited", { count: minutes });
  return element("span", { class: `waited${isLong}`, title, text: text("page.minutes", { count: minutes }) });
}

/** Returns number and name on one line. */
export function shortName(ticket) {
  return ticket.full_name ? `${ticket.number} ${ticket.full_name}` : ticket.number;
}
