// Draws the nurse station's columns from a view; keeps focus, scrolling and what has not changed.

import { absenceSentence, toldMark, toldSentence } from "./absence.js";
import { MARKS } from "./console_team.js";
import { element, reconcile, refill } from "./element.js";
import { both, language, minutesSince, text } from "./page.js";
import { marks, overtaken, shortName, slotText, waited } from "./ticket_marks.js";

const COLUMN_MIN_PX = { zh: 158, en: 222 }; // Marks in English are longer.
const COLUMN_NARROW_PX = 158;
const MOVE_MS = 260;
const GROUPS = ["missed", "away", "held"];

/** Draws the queues of `area` (all when empty). `chosen` is the id of the ticket that is marked. */
export function drawBoard(board, view, { area, filter, marked, chosen, nowSecond, openTicket, openQueue }) {
  const queues = view.queues.filter((queue) => (!area || queue.name.area === area) && fits(queue.name, filter));
  const doctors = new Map(view.all_queues.map((name) => [name.id, both(name, "doctor")]));
  const before = rowPlaces(board);
  const focused = document.activeElement?.closest?.(".row")?.dataset.key;
  reconcile(
    board,
    queues,
    (queue) => queue.name.id,
    () => makeColumn(openQueue),
    (column, queue) => fillColumn(column, queue, { marked, doctors, chosen, nowSecond, openTicket }),
  );
  layOut(board, queues.length);
  makeReachable(board, chosen);
  if (focused && document.activeElement?.dataset?.key !== focused) focusRow(board, focused);
  slideRows(board, before);
}

/** Tells whether a queue's doctor, room or clinic has every word of the filter, in any language. */
function fits(name, filter) {
  const words = filter.toLowerCase().split(/\s+/);
  const told = Object.values(name).join(" ").toLowerCase();
  return words.every((word) => told.includes(word));
}

/** Chooses as many columns as fit, so that nothing has to be scrolled sideways. */
export function layOut(board, count) {
  const rowsAt = (width) => Math.ceil(count / Math.max(1, Math.floor(board.clientWidth / width))) || 1;
  // With many doctors a few lines more of each are worth more than the ends of long marks.
  const rows = rowsAt(COLUMN_MIN_PX[language]) > 2 ? rowsAt(COLUMN_NARROW_PX) : rowsAt(COLUMN_MIN_PX[language]);
  board.classList.toggle("is-low", rows > 1);
  board.style.setProperty("--columns", String(Math.ceil(count / rows) || 1));
}

/** Puts the keyboard on a ticket's row; returns whether it is there. */
export function focusRow(board, ticketId) {
  const row = rowOf(board, ticketId);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  return row !== null;
}

export function rowOf(board, ticketId) {
  return board.querySelector(`.row[data-key="${CSS.escape(ticketId)}"]`);
}

function makeColumn(openQueue) {
  const column = element(
    "section",
    { class: "queue" },
    element(
      "header",
      {},
      element("h2"),
      element("p", { class: "where" }),
      element("button", {
        class: "quiet menu",
        text: "⋯",
        click: () => openQueue(column.dataset.key),
      }),
      element("p", { class: "counts" }),
      element("ul", { class: "team" }),
    ),
    element("button", { class: "in-room" }),
    element("ol", { class: "listed", role: "listbox", "data-empty": text("station.nobody_waits") }),
    element("footer"),
  );
  return column;
}

function fillColumn(column, queue, { marked, doctors, chosen, nowSecond, openTicket }) {
  const { name, status, tickets } = queue;
  const isArea = queue.doctors.length > 0;
  const doctor = isArea || queue.team ? both(name, "clinic") : both(name, "doctor");
  column.classList.toggle("is-area", isArea);
  column.classList.toggle("is-stopped", status === "stopped");
  column.dataset.status = status;
  refill(column.querySelector("h2"), name, () => [
    element("strong", { text: doctor }),
    element("span", { text: isArea ? text("queue.area") : both(name, "doctor_title") }),
  ]);
  const where = column.querySelector(".where");
  const cap = text(queue.is_automatic ? "queue.automatic" : "queue.by_hand", { cap: queue.room_cap });
  const more = queue.team ? both(name, "doctor") : both(name, "clinic");
  where.textContent = `${both(name, "room")} · ${isArea ? cap : more}`;
  where.title = where.textContent;
  column.querySelector(".menu").setAttribute("aria-label", text("queue.menu", { doctor }));
  fillCounts(column.querySelector(".counts"), queue);
  fillTeam(column.querySelector(".team"), queue);
  fillRoom(column.querySelector(".in-room"), tickets.in_room, nowSecond, openTicket);
  const listed = column.querySelector(".listed");
  listed.setAttribute("aria-label", text("queue.waiting_of", { doctor }));
  reconcile(
    listed,
    tickets.listed,
    (ticket) => ticket.id,
    () => element("li", { class: "row", role: "option" }),
    (row, ticket) => fillRow(row, ticket, { marked, doctors, chosen, nowSecond }),
  );
  fillGroups(column.querySelector("footer"), tickets, openTicket);
}

function fillCounts(counts, { status, absence, asked_stop: asked, told, tickets }) {
  const shown = { status, absence, asked, told, listed: tickets.listed.length, booked: tickets.booked_count, done: tickets.done_count };
  refill(counts, shown, () => [
    absence ? element("span", { class: `mark absent ${absence.kind}`, title: absenceSentence(absence), text: absenceSentence(absence) }) : null,
    told ? element("span", { class: `mark told${told.unreached.length > 0 ? " late" : ""}`, title: toldSentence(told), text: toldMark(told) }) : null,
    asked ? element("span", { class: "mark stopped", text: text("absence.asked_mark") }) : null,
    status === "open" || absence?.kind === "stopped" ? null : element("span", { class: `mark ${status}`, text: text(`queue.${status}`) }),
    count("queue.listed_count", shown.listed),
    count("queue.booked_count", shown.booked),
    count("queue.done_count", shown.done),
  ]);
}

/** Tells of an MDT clinic which doctors are there, and whom its next call waits for. */
function fillTeam(list, { team, tickets }) {
  const awaited = team?.missing_zh && !tickets.in_room ? text("mdt.missing", { who: both(team, "missing") }) : "";
  refill(list, [team, awaited], () => [
    awaited ? element("li", { class: "mark late", title: awaited, text: awaited }) : null,
    ...(team?.members ?? []).map((one) =>
      element("li", {
        class: `member is-${one.state.replace("_", "-")}`,
        "data-state": one.state,
        title: `${both(one, "doctor")}: ${text(`mdt.${one.state}`)}`,
        text: `${MARKS[one.state]} ${both(one, "doctor")} ${text(`mdt.${one.state}`)}`,
      }),
    ),
  ]);
}

function count(key, number) {
  return element("span", {}, `${text(key)} `, element("b", { text: String(number) }));
}

function fillRoom(room, ticket, nowSecond, openTicket) {
  const minutes = ticket ? minutesSince(ticket.called_s, nowSecond) : 0;
  room.classList.toggle("is-empty", ticket === null);
  room.classList.toggle("is-in-service", ticket?.state === "in_service");
  room.disabled = ticket === null;
  room.onclick = () => openTicket(ticket.id);
  refill(room, { ticket, minutes }, () => {
    if (!ticket) return [element("span", { text: text("queue.room_empty") })];
    const state = text(`state.${ticket.state}`);
    const times = ticket.state === "called" && ticket.called_count > 1 ? ` ×${ticket.called_count}` : "";
    return [
      element("span", { class: "number", text: ticket.number }),
      element("span", { class: "name", text: ticket.full_name }),
      element("span", { class: "state", text: `${state}${times} ${text("page.minutes", { count: minutes })}` }),
    ];
  });
}

function fillRow(row, ticket, { marked, doctors, chosen, nowSecond }) {
  row.classList.toggle("is-marked", marked.has(ticket.id));
  row.classList.toggle("is-standby", ticket.state === "standby");
  row.classList.toggle("is-emergency", ticket.kind === "emergency");
  row.classList.toggle("is-chosen", ticket.id === chosen);
  row.setAttribute("aria-selected", String(ticket.id === chosen));
  const minutes = ticket.checked_in_s === null ? 0 : minutesSince(ticket.checked_in_s, nowSecond);
  const wanted = ticket.wanted ? doctors.get(ticket.wanted) : "";
  refill(row, { ticket, minutes, isMarked: marked.has(ticket.id) }, () => [
    element("span", { class: "number", text: ticket.number }),
    element("span", {
      class: "name",
      title: ticket.full_name,
      "data-unknown": text("ticket.no_name"),
      text: ticket.full_name,
    }),
    waited(ticket, nowSecond),
    element(
      "span",
      { class: "more" },
      element("span", { class: "slot", text: slotText(ticket) }),
      marked.has(ticket.id) ? element("span", { class: "mark marked", text: text("mark.marked") }) : null,
      wanted ? element("span", { class: "mark wanted", text: text("mark.wanted", { doctor: wanted }) }) : null,
      marks(ticket),
    ),
    overtaken(ticket),
  ]);
}

function fillGroups(footer, tickets, openTicket) {
  const groups = GROUPS.filter((group) => tickets[group].length > 0);
  refill(footer, groups.map((group) => tickets[group]), () =>
    groups.map((group) =>
      element(
        "div",
        { class: "group", "data-group": group },
        element("h3", { text: `${text(`queue.${group}`)} ${tickets[group].length}` }),
        element(
          "div",
          { class: "tickets" },
          tickets[group].map((ticket) =>
            element("button", {
              "data-ticket": ticket.id,
              text: shortName(ticket) + (ticket.has_results ? ` ✓` : ""),
              click: () => openTicket(ticket.id),
            }),
          ),
        ),
      ),
    ),
  );
}

/** Only one row is reached by Tab; the arrows go on from there. */
function makeReachable(board, chosen) {
  const rows = [...board.querySelectorAll(".row")];
  const reached = rows.find((row) => row.dataset.key === chosen) ?? rows[0];
  for (const row of rows) row.tabIndex = row === reached ? 0 : -1;
}

function rowPlaces(board) {
  const rows = board.querySelectorAll(".row");
  return new Map([...rows].map((row) => [row.dataset.key, row.getBoundingClientRect().top]));
}

/** Lets whoever has moved slide to his new place, so that the eye can follow. */
function slideRows(board, before) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || before.size === 0) return;
  for (const row of board.querySelectorAll(".row")) {
    const was = before.get(row.dataset.key);
    const by = was === undefined ? 0 : was - row.getBoundingClientRect().top;
    if (Math.abs(by) > 1) {
      row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], {
        duration: MOVE_MS,
        easing: "ease-out",
      });
    }
  }
}
