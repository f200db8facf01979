// The MDT clinics of a doctor's teams: the patient stays in the room, the doctors come to him.

import { askReason } from "./dialogs.js";
import { element, refill } from "./element.js";
import { both, text } from "./page.js";
import { shortName } from "./ticket_marks.js";

const STEPS = { absent: "join-team", present: "come-to-patient", with_patient: "end-turn" };
export const MARKS = { absent: "○", present: "●", with_patient: "▶", done: "✓" };

/**
 * Draws the clinics. `page` has `me`, the id of the doctor's own queue, `isBusy`, and
 * `run(clinic, address, body)`.
 */
export function drawTeams(holder, clinics, page) {
  refill(holder, [clinics, page.isBusy], () => clinics.map((clinic) => panel(clinic, page)));
}

/** Does what comes next for the doctor at the first clinic where something does. */
export function takeNextStep(clinics, page) {
  const clinic = clinics.find((one) => nextStep(one, page.me));
  if (clinic && !page.isBusy) step(clinic, page);
}

/** Calls the next patient of the first clinic where one can be called. */
export function callForTeam(clinics, page) {
  const clinic = clinics.find((one) => mayCall(one, page.me));
  if (clinic && !page.isBusy) page.run(clinic, "call-next", {});
}

function panel(clinic, page) {
  const { name, team, tickets } = clinic;
  const ticket = tickets.in_room;
  const waiting = text("mdt.waiting", { count: tickets.listed.length });
  return element(
    "section",
    { class: `team-panel${ticket ? ` is-${ticket.state.replace("_", "-")}` : ""}`, "data-clinic": name.id, "aria-label": both(name, "clinic") },
    element(
      "header",
      {},
      element("h2", { text: both(name, "clinic") }),
      element("span", { class: "soft", text: `${both(name, "room")} · ${waiting}` }),
      mine(clinic, page.me).state === "present"
        ? button("leave", clinic, page, { class: "quiet", click: () => page.run(clinic, "leave-team", {}) })
        : null,
    ),
    ticket ? patient(ticket) : null,
    element("ol", { class: "members" }, team.members.map((one) => member(one, page.me))),
    team.missing_zh && !ticket ? element("p", { class: "missing", text: text("mdt.missing", { who: both(team, "missing") }) }) : null,
    element("div", { class: "buttons" }, buttons(clinic, page)),
  );
}

function patient(ticket) {
  return element(
    "p",
    { class: "patient-in" },
    element("span", { class: "number", text: ticket.number }),
    element("span", { class: "name", text: ticket.full_name || text("ticket.no_name") }),
    element("span", { class: "state", text: text(ticket.state === "called" ? "mdt.called" : "mdt.in_service") }),
    ticket.note ? element("span", { class: "nurse-note", text: text("console.note", { note: ticket.note }) }) : null,
  );
}

/** Returns one doctor of a team, and where he is. */
export function member(one, me = "") {
  return element(
    "li",
    { class: `member is-${one.state.replace("_", "-")}`, "data-member": one.id, "data-state": one.state },
    element("span", { "aria-hidden": "true", class: "sign", text: MARKS[one.state] }),
    element("span", { class: "doctor", text: one.id === me ? text("mdt.me") : both(one, "doctor") }),
    element("span", { class: "soft", text: text(`mdt.${one.state}`) }),
    one.is_lead ? element("span", { class: "mark", text: text("mdt.lead") }) : null,
    one.is_required && one.state === "absent" ? element("span", { class: "mark late", text: text("mdt.required") }) : null,
  );
}

function buttons(clinic, page) {
  const ticket = clinic.tickets.in_room;
  const own = mine(clinic, page.me);
  const about = (address) => () => page.run(clinic, address, { ticket: ticket.id });
  const next = nextStep(clinic, page.me);
  const parts = [];
  if (next) parts.push(button(next, clinic, page, { class: "main", key: "G", click: () => step(clinic, page) }));
  if (own.state !== "absent" && !ticket) {
    const disabled = page.isBusy || !mayCall(clinic, page.me);
    parts.push(button("call", clinic, page, { class: next ? "" : "main", key: "J", disabled, click: () => page.run(clinic, "call-next", {}) }));
  }
  if (own.state !== "absent" && ticket?.state === "called") {
    parts.push(button("recall", clinic, page, { click: about("recall") }), button("miss", clinic, page, { click: about("miss") }));
  }
  if (own.is_lead && ticket) parts.push(button("end", clinic, page, { click: () => end(clinic, page) }));
  return parts;
}

function button(name, clinic, page, { class: look = "", key = null, disabled = page.isBusy, click }) {
  return element(
    "button",
    { class: look, "data-act": name, disabled, click },
    text(`mdt.act_${name.replaceAll("-", "_")}`),
    key ? element("kbd", { text: key }) : null,
  );
}

function mine(clinic, me) {
  return clinic.team.members.find(({ id }) => id === me);
}

/** Returns what the doctor's next word about himself is; null when nothing is to be said. */
function nextStep(clinic, me) {
  const { state } = mine(clinic, me);
  if (state === "absent") return clinic.tickets.in_room ? "come-to-patient" : STEPS.absent;
  return state === "present" && !clinic.tickets.in_room ? null : STEPS[state] ?? null;
}

function step(clinic, page) {
  const name = nextStep(clinic, page.me);
  const ticket = clinic.tickets.in_room;
  page.run(clinic, name, name === "join-team" ? {} : { ticket: ticket.id });
}

function mayCall({ status, team, tickets }, me) {
  const own = team.members.find(({ id }) => id === me);
  return own.state !== "absent" && !tickets.in_room && tickets.listed.length > 0 && !team.missing_zh && status === "open";
}

/** The lead ends the visit for everybody, which has to be explained. */
async function end(clinic, page) {
  const ticket = clinic.tickets.in_room;
  const why = await askReason(text("mdt.end_title", { ticket: shortName(ticket) }), "mdt_");
  if (why !== null) page.run(clinic, "end-for-team", { ticket: ticket.id, why });
}
