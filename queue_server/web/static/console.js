// The doctor console: who is in the room, who comes next, and one key for each act.

import { absenceBar, absenceSentence, askAbsence, askPause } from "./absence.js";
import { makeAct } from "./acts.js";
import { askRoom } from "./console_room.js";
import { drawLists } from "./console_lists.js";
import { callForTeam, drawTeams, takeNextStep } from "./console_team.js";
import { askQueue, askReason, askText, isTyping } from "./dialogs.js";
import { element, refill } from "./element.js";
import { LiveView } from "./live.js";
import { both, clearMessages, clockText, loadTexts, minutesSince, openForUse, send, tellDone, text, wireSignOut } from "./page.js";
import { openKeyTable } from "./key_table.js";
import { marks, shortName } from "./ticket_marks.js";

const REDRAW_MS = 10000;
// The second half of a slow double click must not finish the patient whom the first has called.
const CALL_PAUSE_MS = 1000;
// Name, address, key, and in which states of the one in the room it can be done.
const ROOM_ACTS = [
  ["start", "start", "S", ["called"]],
  ["recall", "recall", "R", ["called"]],
  ["miss", "miss", "M", ["called"]],
  ["finish", "finish", "F", ["called", "in_service"]],
  ["results", "away-for-results", "E", ["called", "in_service"]],
  ["hold", "hold", "H", ["called", "in_service"]],
];
const KEYS = [
  ["N F8", "console.call_next"],
  ...ROOM_ACTS.map(([name, , key]) => [key, `console.${name}`]),
  ["T", "console.transfer"],
  ["A", "console.extra"],
  ["P", "console.pause_or_reopen"],
  ["L", "absence.key"],
  ["D", "console.room_change"],
  ["G", "mdt.key_step"],
  ["J", "mdt.key_call"],
  ["Ctrl Z", "keys.undo"],
  ["Esc", "keys.leave"],
  ["?", "keys.help"],
];
const REDRAW_RECALL_MS = 1000;
const byId = (id) => document.getElementById(id);
const live = new LiveView("/api/console/stream", { show: draw, connected });
const act = makeAct(live);
let isBusy = false;
let busyWith = "";
let running = Promise.resolve();
let opened = null;
let me = "";
let calledAt = -CALL_PAUSE_MS;

const own = () => live.view.queue;
const queueId = () => own().name.id;

function draw() {
  if (!live.view) return;
  const { name, tickets, status } = own();
  const nowSecond = live.nowSecond();
  byId("doctor").textContent = both(name, "doctor");
  byId("where").textContent = `${both(name, "room")} · ${both(name, "clinic")}`;
  byId("line").textContent = clockText(nowSecond);
  for (const id of ["take-room", "extra"]) byId(id).disabled = false;
  drawRoom(tickets.in_room, nowSecond);
  drawCallNext(tickets.listed[0], status);
  drawActs(tickets.in_room);
  drawMinor(status);
  drawAbsence();
  drawTeams(byId("teams"), live.view.mdt, teamPage());
  drawLists(byId("lists"), live.view, {
    opened,
    isBusy,
    nowSecond,
    run,
    transfer,
    callChosen,
    crossCall,
    toggle: (key) => {
      opened = opened === key ? null : key;
      draw();
    },
  });
}

function drawRoom(ticket, nowSecond) {
  const room = byId("room");
  room.className = `room ${ticket ? `is-${ticket.state.replace("_", "-")}` : "is-empty"}`;
  const minutes = ticket ? minutesSince(ticket.called_s, nowSecond) : 0;
  refill(room, { ticket, minutes }, () => {
    if (!ticket) {
      return [
        element("strong", { text: text("console.room_empty") }),
        element("span", { class: "soft", text: text("console.room_empty_lead") }),
      ];
    }
    const times = ticket.called_count > 1 ? text("console.called_times", { count: ticket.called_count }) : null;
    return [
      element("span", { class: "number", text: ticket.number }),
      element("span", { class: "state", text: text(`state.${ticket.state}`) }),
      element("span", { class: "name", text: ticket.full_name || text("ticket.no_name") }),
      element(
        "span",
        { class: "since" },
        text("console.called_since", { time: clockText(ticket.called_s), minutes }),
        times ? ` · ${times}` : null,
        marks(ticket),
      ),
      ticket.note ? element("span", { class: "nurse-note", text: text("console.note", { note: ticket.note }) }) : null,
    ].filter((part) => part !== null);
  });
}

function drawCallNext(next, status) {
  const button = byId("call-next");
  const isTooSoon = performance.now() - calledAt < CALL_PAUSE_MS;
  button.disabled = isBusy || isTooSoon || !next || status !== "open";
  const closed = status !== "open" ? text(`console.call_next_${status}`) : null;
  const waits = next ? text("console.call_next_is", { ticket: shortName(next) }) : text("console.call_next_none");
  button.querySelector("small").textContent = closed ?? waits;
}

function drawActs(ticket) {
  const state = ticket?.state;
  const shown = [...ROOM_ACTS, ["transfer", null, "T", ["called", "in_service"]]];
  const id = ticket?.id;
  const recall = recallState(ticket);
  // A new patient must not be hit by a key that was meant for the last one.
  refill(byId("acts"), [id, state, isBusy, recall], () =>
    shown.map(([name, , key, states]) =>
      element(
        "button",
        {
          "data-act": name,
          class: name === "start" && state === "called" ? "is-wanted" : "",
          disabled: isBusy || !states.includes(state) || (name === "recall" && recall !== ""),
          click: () => roomAct(name),
        },
        name === "recall" && recall ? `${text("console.recall")} ${recall}` : text(`console.${name}`),
        element("kbd", { text: key }),
      ),
    ),
  );
}

/** Returns why the one in the room can't be called again now: a count of seconds, or a word. */
function recallState(ticket) {
  if (ticket?.state !== "called") return "";
  const { recall_after_s: after, recall_max: most } = own();
  if (most !== null && ticket.recalled_count >= most) return text("console.recall_most", { count: most });
  const left = after - (live.nowSecond() - ticket.last_called_s);
  return left > 0 ? text("console.recall_wait", { seconds: Math.ceil(left) }) : "";
}

function drawMinor(status) {
  const pause = byId("pause");
  pause.hidden = status === "stopped";
  pause.disabled = isBusy;
  const isPaused = status === "paused" || own().absence?.kind === "paused";
  pause.classList.toggle("is-wanted", isPaused);
  refill(pause, isPaused, () => [
    text(isPaused ? "console.reopen" : "console.pause"),
    element("kbd", { text: "P" }),
  ]);
  const ownAct = live.view.own_act;
  const undo = byId("undo");
  undo.disabled = isBusy || !ownAct;
  undo.textContent = ownAct
    ? `↶ ${text("console.undo", { what: both(ownAct, "what"), number: ownAct.number })}`
    : text("station.undo_nothing");
}

function drawAbsence() {
  byId("absence-key").disabled = isBusy;
  refill(byId("absence"), [own().absence, own().asked_stop, isBusy, me], () =>
    absenceBar(own(), { act: run, isOwn: (by) => by === `doctor:${me}` }),
  );
}

async function tellAbsence(ask = askAbsence) {
  const body = await ask(own(), live.nowSecond());
  if (!body) return;
  const done = await run("absence", body);
  if (done && own().absence) tellDone(text("absence.done", { what: absenceSentence(own().absence) }));
}

// --- acts ---

/**
 * Does one thing at a time. A second press while the first is on its way is not a second intent;
 * another act on the patient who is seen waits for its turn.
 */
async function run(address, body = {}, seenEntry = live.view.entry_count, queue = queueId()) {
  const intent = JSON.stringify([address, body, queue]);
  while (isBusy) {
    if (intent === busyWith || address === "call-next") return null;
    await running;
  }
  isBusy = true;
  busyWith = intent;
  opened = null;
  draw();
  running = act(queue, address, body, seenEntry);
  try {
    return await running;
  } finally {
    isBusy = false;
    draw();
  }
}

function roomAct(name) {
  const ticket = own().tickets.in_room;
  const found = ROOM_ACTS.find(([other]) => other === name);
  const states = found ? found[3] : ["called", "in_service"];
  if (!ticket || !states.includes(ticket.state)) return;
  if (name === "recall" && recallState(ticket) !== "") return;
  if (name === "transfer") transfer(ticket);
  else run(found[1], { ticket: ticket.id });
}

async function transfer(ticket) {
  const seenEntry = live.view.entry_count;
  const others = live.view.all_queues.filter(({ id }) => id !== queueId());
  const title = text("act.transfer_title", { ticket: shortName(ticket) });
  const to = await askQueue(title, others, text("act.transfer"));
  if (!to) return;
  const done = await run("transfer", { ticket: ticket.id, to_queue: to }, seenEntry);
  if (done) tellDone(text("act.transfer_done", { ticket: shortName(ticket) }));
}

/** Calls somebody else than the next one, which has to be explained. */
async function callChosen(ticket) {
  const seenEntry = live.view.entry_count;
  const isNext = own().tickets.listed[0]?.id === ticket.id || ticket.state === "missed";
  let why = "";
  if (!isNext) {
    why = await askReason(text("console.call_title", { ticket: shortName(ticket) }), "call_");
    if (why === null) return;
  }
  await run("call", { ticket: ticket.id, why }, seenEntry);
}

/** Takes a patient who waits for a colleague. */
async function crossCall(ticket, name) {
  const seenEntry = live.view.entry_count;
  const title = text("console.cross_title", { ticket: shortName(ticket), doctor: both(name, "doctor") });
  const why = await askReason(title, "cross_");
  if (why === null) return;
  const done = await run("cross-call", { ticket: ticket.id, from_queue: name.id, why }, seenEntry);
  opened = name.id;
  draw();
  if (done) tellDone(text("console.cross_done", { ticket: shortName(ticket) }));
}

/** Gives the next number beyond those that could be booked. */
async function extra() {
  const asked = await askText(text("console.extra_title"), {
    lead: text("console.extra_lead"),
    label: text("console.extra_id"),
    maxLength: 18,
    mainText: text("console.extra"),
  });
  if (asked === null) return;
  const done = await run("extra", { id_number: asked });
  if (done) tellDone(text("console.extra_done", { number: done.ticket.split(":")[1] }));
}

/** Lets the doctor say which room he sits in today. */
async function takeRoom() {
  const room = await askRoom(live.view.rooms);
  if (room && (await run("room", { room }))) tellDone(text("console.room_done", { room: both(own().name, "room") }));
}

/** What the panels of MDT clinics need to know and to do. */
function teamPage() {
  return { me: queueId(), isBusy, run: (clinic, address, body) => run(address, body, live.view.entry_count, clinic.name.id) };
}

function callNext() {
  if (byId("call-next").disabled) return;
  calledAt = performance.now();
  setTimeout(draw, CALL_PAUSE_MS);
  run("call-next");
}

function pauseOrReopen() {
  const { status } = own();
  if (status === "paused") run("reopen");
  else if (own().absence?.kind === "paused") run("attend");
  else if (status === "open") tellAbsence(askPause);
}

async function undo() {
  const ownAct = live.view.own_act;
  if (!ownAct) return;
  const done = await run("undo", { entry: ownAct.entry }, live.view.entry_count, ownAct.queue);
  if (done) tellDone(text("console.undone", { what: both(ownAct, "what"), number: ownAct.number }));
}

function connected(isConnected) {
  document.body.classList.toggle("is-down", !isConnected);
  byId("line").classList.toggle("down", !isConnected);
  byId("line-down").hidden = isConnected;
  if (!isConnected) byId("line").textContent = text("line.down");
}

function pressed(event) {
  // A key that is held down is one intent.
  if (!live.view || event.repeat || isTyping(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if ((event.ctrlKey || event.metaKey) && key === "z") undo();
  else if (event.ctrlKey || event.altKey || event.metaKey) return;
  else if (key === "n" || key === "F8") callNext();
  else if (key === "p") pauseOrReopen();
  else if (key === "l") tellAbsence();
  else if (key === "t") roomAct("transfer");
  else if (key === "a") extra();
  else if (key === "d") takeRoom();
  else if (key === "g") takeNextStep(live.view.mdt, teamPage());
  else if (key === "j") callForTeam(live.view.mdt, teamPage());
  else if (key === "?") openKeyTable(KEYS);
  else if (key === "Escape") clearMessages();
  else {
    const found = ROOM_ACTS.find(([, , letter]) => letter.toLowerCase() === key);
    if (!found) return;
    roomAct(found[0]);
  }
  event.preventDefault();
}

await loadTexts();
wireSignOut();
byId("call-next").addEventListener("click", callNext);
byId("pause").addEventListener("click", pauseOrReopen);
byId("undo").addEventListener("click", undo);
byId("absence-key").addEventListener("click", () => tellAbsence());
send("GET", "/api/me").then((user) => {
  me = user.user;
  draw();
});
document.addEventListener("keydown", pressed);
byId("take-room").addEventListener("click", takeRoom);
byId("extra").addEventListener("click", extra);
byId("keys").addEventListener("click", () => openKeyTable(KEYS));
setInterval(draw, REDRAW_MS);
setInterval(() => live.view && drawActs(own().tickets.in_room), REDRAW_RECALL_MS);
live.start();
openForUse();
