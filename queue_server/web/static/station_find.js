// Finds somebody by name, number or ID number; checks him in, or adds him without an appointment.

import { buttons, choices, openDialog } from "./dialogs.js";
import { element } from "./element.js";
import { both, send, tellDone, tellRefused, text } from "./page.js";
import { shortName } from "./ticket_marks.js";

const SEARCH_AFTER_MS = 180;
const CAN_CHECK_IN = ["booked", "missed", "away_for_results"];

/** Opens the finder; `station` has `view()`, `act` and `show(ticketId)`. */
export async function openFinder(station) {
  const chosen = await openDialog("wide", (close) => makeFinder(station, close));
  if (chosen === null) return;
  if (chosen.walkIn) await addWalkIn(station, chosen.patient);
  else if (chosen.checkIn) await checkIn(station, chosen.found);
  else station.show(chosen.found.ticket.id);
}

function makeFinder(station, close) {
  const input = element("input", {
    id: "finder-text",
    type: "search",
    autocomplete: "off",
    maxlength: "100",
    placeholder: text("finder.placeholder"),
    "aria-label": text("finder.placeholder"),
    autofocus: true,
  });
  const list = element("ol", { class: "found", "aria-live": "polite" });
  const hint = (key) => list.replaceChildren(element("li", { class: "hint", text: text(key) }));
  let timer = 0;
  let asked = "";
  const search = async () => {
    const query = input.value.trim();
    asked = query;
    if (!query) return hint("finder.lead");
    try {
      const found = await send("POST", "/api/station/search", { query });
      if (asked === query) drawFound(station, list, found, close);
    } catch (refused) {
      close(null);
      tellRefused(refused);
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, SEARCH_AFTER_MS);
  });
  hint("finder.lead");
  return element(
    "form",
    {
      class: "finder",
      submit: (event) => {
        event.preventDefault();
        list.querySelector("button")?.click();
      },
    },
    element("h2", { text: text("finder.title") }),
    input,
    list,
    element(
      "div",
      { class: "below" },
      element("span", { class: "soft", text: text("finder.walk_in_lead") }),
      element("button", {
        type: "button",
        id: "walk-in",
        text: text("finder.walk_in"),
        click: () => close({ walkIn: true, patient: null }),
      }),
    ),
  );
}

function drawFound(station, list, found, close) {
  const lines = [
    ...found.tickets.map((one) => foundLine(station, one, close)),
    ...found.patients.map((patient) => patientLine(station, patient, close)),
  ];
  if (lines.length === 0) lines.push(element("li", { class: "hint", text: text("finder.nothing") }));
  if (found.is_cut) lines.push(element("li", { class: "hint", text: text("finder.cut") }));
  lines[0].classList.toggle("is-first", lines[0].querySelector("button") !== null);
  list.replaceChildren(...lines);
}

function foundLine(station, one, close) {
  const { ticket, person, queue } = one;
  const { name } = station.view().queues.find((other) => other.name.id === queue);
  const canCheckIn = CAN_CHECK_IN.includes(ticket.state);
  return element(
    "li",
    { "data-ticket": ticket.id },
    element("span", { class: "number", text: ticket.number }),
    element(
      "span",
      { class: "name", text: ticket.full_name || text("ticket.no_name") },
      element("small", { text: personText(person) }),
    ),
    element("span", { text: both(name, "doctor") }, element("small", { text: both(name, "room") })),
    element(
      "span",
      { text: ticket.slot || text("ticket.walk_in") },
      element("small", { text: text(`state.${ticket.state}`) }),
    ),
    element("button", {
      type: "button",
      class: canCheckIn ? "main" : "",
      text: text(canCheckIn ? "finder.check_in" : "finder.show"),
      click: () => close({ checkIn: canCheckIn, found: one }),
    }),
  );
}

function patientLine(station, patient, close) {
  const elsewhere = station
    .view()
    .all_queues.filter(({ id }) => patient.elsewhere.includes(id))
    .map((queue) => `${both(queue, "clinic")} ${both(queue, "room")}`);
  return element(
    "li",
    {},
    element("span", { class: "number", text: "—" }),
    element("span", { class: "name", text: patient.full_name }, element("small", { text: personText(patient) })),
    element("span", {
      text: elsewhere.length > 0 ? text("finder.elsewhere", { rooms: elsewhere.join(", ") }) : text("finder.no_ticket"),
    }),
    element("span"),
    element("button", {
      type: "button",
      text: text("finder.walk_in_short"),
      click: () => close({ walkIn: true, patient }),
    }),
  );
}

function personText(person) {
  if (!person) return text("detail.unknown_person");
  const end = person.id_number_end ? ` · ${text("detail.id_end", { end: person.id_number_end })}` : "";
  return `${text(`sex.${person.sex}`)} · ${text("detail.age", { age: person.age })}${end}`;
}

async function checkIn(station, { queue, ticket }) {
  const done = await station.act(queue, "check-in", { ticket: ticket.id });
  if (!done) return;
  tellDone(text("act.check_in_done", { ticket: shortName(ticket) }));
  station.show(ticket.id);
}

async function addWalkIn(station, patient) {
  const asked = await openDialog("wide", (close) => makeWalkIn(station, patient, close));
  if (!asked) return;
  const { queue, ...body } = asked;
  const done = await station.act(queue, "walk-in", body);
  if (!done) return;
  tellDone(text("walk_in.done", { number: done.ticket.split(":")[1] }));
  station.show(done.ticket);
}

function makeWalkIn(station, patient, close) {
  const queues = station
    .view()
    .queues.filter(({ status }) => status !== "stopped")
    .map((queue) => ({ ...queue, isArea: queue.doctors.length > 0 }));
  const queueChoice = choices(
    "queue",
    queues.map(({ name, tickets, isArea }) => ({
      value: name.id,
      label: isArea ? both(name, "clinic") : both(name, "doctor"),
      extra: `${both(name, "room")} · ${text("walk_in.waiting", { count: tickets.listed.length })}`,
    })),
    { className: "choices queues-choice" },
  );
  const kinds = ["ordinary", "priority", "emergency"].map((value) => ({ value, label: text(`walk_in.${value}`) }));
  const kindChoice = choices("kind", kinds, { chosen: "ordinary", className: "choices three" });
  const rank = element("select", { "aria-label": text("walk_in.rank") });
  const rankField = element("label", { class: "field", hidden: true }, text("walk_in.rank"), rank);
  const level = element("select", { "aria-label": text("walk_in.level") });
  const levelField = element("label", { class: "field", hidden: true }, text("walk_in.level"), level);
  const made = element(
    "form",
    {},
    element("h2", {
      text: patient ? text("walk_in.title_for", { name: patient.full_name }) : text("walk_in.title"),
    }),
    element("p", { class: "soft", text: text("walk_in.lead") }),
    queueChoice,
    kindChoice,
    rankField,
    levelField,
    buttons(close, text("walk_in.confirm")),
  );
  const main = made.querySelector("button[type=submit]");
  const chosenOf = (name) => made.querySelector(`input[name=${name}]:checked`)?.value;
  const update = (event) => {
    main.disabled = !chosenOf("queue");
    rankField.hidden = chosenOf("kind") !== "priority";
    levelField.hidden = chosenOf("kind") !== "emergency";
    if (event?.target === rank || event?.target === level) return;
    const queue = queues.find(({ name }) => name.id === chosenOf("queue"));
    rank.replaceChildren(
      ...(queue?.ranks ?? []).map((value) => element("option", { value, text: text(`rank.${value}`) })),
    );
    level.replaceChildren(
      ...(queue?.levels ?? []).map((value) => element("option", { value, text: text(`level.${value}`) })),
    );
  };
  made.addEventListener("change", update);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!chosenOf("queue")) return;
    const kind = chosenOf("kind");
    const asked = { queue: chosenOf("queue"), kind };
    if (kind === "priority") asked.rank = rank.value;
    if (kind === "emergency") asked.level = Number(level.value);
    if (patient) asked.patient = patient.patient_id;
    close(asked);
  });
  queueChoice.querySelector("input")?.setAttribute("autofocus", "");
  update();
  return made;
}
