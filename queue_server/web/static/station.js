// The nurse station: puts its parts together and hands keys and views to them.

import { makeAct } from "./acts.js";
import { askConfirmation, askReason, isTyping } from "./dialogs.js";
import { element, refill } from "./element.js";
import { LiveView } from "./live.js";
import {
  both,
  clearMessages,
  clockText,
  loadTexts,
  minutesSince,
  openForUse,
  send,
  tellDone,
  tellRefused,
  text,
  wireSignOut,
} from "./page.js";
import { drawBoard, focusRow, layOut, rowOf } from "./station_board.js";
import { drawConflicts } from "./station_conflicts.js";
import { DetailPanel } from "./station_detail.js";
import { openFinder } from "./station_find.js";
import { Marked } from "./station_marked.js";
import { Mover } from "./station_move.js";
import { SpreadPanel } from "./station_spread.js";
import { ScreensPanel } from "./station_screens.js";
import { openKeys, openNotices, openQueueSheet, openSharedNames } from "./station_sheets.js";
import { shortName } from "./ticket_marks.js";

const REDRAW_MS = 15000;
const byId = (id) => document.getElementById(id);
const board = byId("board");
const live = new LiveView("/api/station/stream", { show, connected });
const act = makeAct(live);
const station = {
  view: () => live.view,
  area: () => area,
  me: () => me,
  act,
  show: showTicket,
  draw,
};
const marked = new Marked(byId("marked"), station);
const spread = new SpreadPanel(byId("spread-panel"), byId("spread"), station);
const screens = new ScreensPanel(byId("screens-panel"), byId("screens"), station);
const detail = new DetailPanel(byId("detail"), {
  view: () => live.view,
  act,
  done: tellDone,
  pickUp: (ticketId) => focusRow(board, ticketId) && mover.begin(ticketId, false),
  closed: () => chosen && focusRow(board, chosen),
});
const mover = new Mover(board, {
  view: () => live.view,
  dropped: moveTicket,
  transferred: transferTicket,
  ended: draw,
});
let area = "";
let chosen = null;
let me = "";
let drawnChange = -1;

function show(view) {
  draw();
  if (view.change_count !== drawnChange) detail.refresh();
  drawnChange = view.change_count;
}

function draw() {
  // A list that is being held in the hand must not slip.
  if (!live.view || mover.isMoving) return;
  const view = live.view;
  const nowSecond = live.nowSecond();
  drawBoard(board, view, {
    area,
    filter: byId("filter").value.trim(),
    marked,
    chosen,
    nowSecond,
    openTicket,
    openQueue: (queueId) => openQueueSheet(station, queueId),
  });
  marked.draw();
  spread.draw();
  screens.draw();
  drawAreas(view);
  drawUndo(view.own_act);
  drawHelp(view.help_calls, nowSecond);
  drawConflicts(byId("conflicts"), view.conflicts);
  refill(byId("shared"), view.shared_names.length, () => [
    view.shared_names.length === 0
      ? null
      : element("button", {
          text: text("station.shared", { count: view.shared_names.length }),
          click: () => openSharedNames(station),
        }),
  ]);
  byId("line").textContent = clockText(nowSecond);
}

function drawAreas(view) {
  const all = [{ id: "", name_zh: text("station.all_areas"), name_en: text("station.all_areas") }, ...view.areas];
  refill(byId("areas"), [all, area], () =>
    all.map((one) =>
      element("button", {
        "aria-pressed": String(one.id === area),
        "data-area": one.id,
        text: both(one, "name"),
        click: () => {
          area = one.id;
          draw();
        },
      }),
    ),
  );
}

function drawUndo(ownAct) {
  const button = byId("undo");
  button.disabled = ownAct === null;
  const sentence = ownAct
    ? text("station.undo", { what: both(ownAct, "what"), number: ownAct.number })
    : text("station.undo_nothing");
  button.querySelector("span").textContent = sentence;
  button.title = sentence;
}

function drawHelp(calls, nowSecond) {
  byId("help").hidden = calls.length === 0;
  const minutes = calls.map((call) => minutesSince(call.called_s, nowSecond));
  refill(byId("help"), [calls, minutes], () =>
    calls.map((call, index) =>
      element(
        "p",
        {},
        text("help.call", { device: call.device, time: clockText(call.called_s), minutes: minutes[index] }),
        element("button", { class: "main", text: text("help.go"), click: () => answerHelp(call) }),
      ),
    ),
  );
}

async function answerHelp(call) {
  try {
    await send("POST", `/api/station/help/${call.help_id}/answer`, {});
    tellDone(text("help.done", { device: call.device }));
  } catch (refused) {
    tellRefused(refused);
  }
}

function connected(isConnected) {
  document.body.classList.toggle("is-down", !isConnected);
  byId("line").classList.toggle("down", !isConnected);
  byId("line-down").hidden = isConnected;
  if (!isConnected) byId("line").textContent = text("line.down");
}

// --- tickets ---

function openTicket(ticketId) {
  const queueId = ticketId.split(":")[0];
  chosen = ticketId;
  draw();
  return detail.open(ticketId, board.querySelector(`[data-key="${CSS.escape(queueId)}"]`));
}

function showTicket(ticketId) {
  const queue = live.view.queues.find(({ name }) => name.id === ticketId.split(":")[0]);
  if (area && queue.name.area !== area) area = "";
  byId("filter").value = "";
  openTicket(ticketId);
  focusRow(board, ticketId);
}

async function moveTicket({ ticket, queue, beside, number, isFront, seenEntry }) {
  const key = isFront ? "move.title_front" : "move.title";
  const why = await askReason(text(key, { ticket: shortName(ticket), number }));
  focusRow(board, ticket.id);
  if (why === null) return;
  const done = await act(queue, "move", { ticket: ticket.id, ...beside, why }, seenEntry);
  if (done) tellDone(text("move.done", { ticket: shortName(ticket) }));
  focusRow(board, ticket.id);
}

async function transferTicket(ticket, queue, to, seenEntry) {
  const target = live.view.queues.find(({ name }) => name.id === to);
  const doctor = both(target.name, "doctor");
  const title = text("move.transfer_title", { ticket: shortName(ticket), doctor });
  if (!(await askConfirmation(title, text("move.transfer_lead"), text("act.transfer")))) return;
  const done = await act(queue, "transfer", { ticket: ticket.id, to_queue: to }, seenEntry);
  if (done) tellDone(text("act.transfer_done", { ticket: shortName(ticket) }));
}

async function undo() {
  const ownAct = live.view?.own_act;
  if (!ownAct) return;
  const done = await act(ownAct.queue, "undo", { entry: ownAct.entry });
  if (done) tellDone(text("station.undone", { what: both(ownAct, "what"), number: ownAct.number }));
}

// --- keys and the mouse ---

function pressed(event) {
  if (mover.isMoving) {
    mover.key(event);
    return;
  }
  if (isTyping(event)) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    undo();
  } else if (!event.ctrlKey && !event.altKey && !event.metaKey) pressedPlain(event);
}

function pressedPlain(event) {
  const row = event.target.closest?.(".row");
  const keys = {
    "/": () => openFinder(station),
    n: () => openNotices(station),
    f: () => byId("filter").focus(),
    t: () => marked.ids.size > 0 && marked.transfer(),
    w: () => {
      screens.close();
      spread.toggle();
    },
    b: () => {
      spread.close();
      screens.toggle();
    },
    "?": () => openKeys(),
    Escape: () => {
      clearMessages();
      detail.close();
      spread.close();
      screens.close();
      marked.clear();
    },
  };
  const onRow = {
    " ": () => mover.begin(row.dataset.key, false),
    m: () => mover.begin(row.dataset.key, false),
    Enter: () => openTicket(row.dataset.key),
    x: () => marked.toggle(row.dataset.key),
  };
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isOnButton = event.target.closest?.("button") !== null;
  if (name.startsWith("Arrow") && !(isOnButton && !row)) go(name, row);
  else if (row && onRow[name]) onRow[name]();
  else if (keys[name]) keys[name]();
  else return;
  event.preventDefault();
}

/** Goes to the row above or below, or to the next column. */
function go(key, row) {
  const columns = [...board.querySelectorAll(".queue")].map((column) => [...column.querySelectorAll(".row")]);
  const column = columns.findIndex((rows) => rows.includes(row));
  if (column < 0) {
    const first = board.querySelector('.row[tabindex="0"]');
    if (first) choose(first);
    return;
  }
  const index = columns[column].indexOf(row);
  if (key === "ArrowUp" || key === "ArrowDown") {
    choose(columns[column][index + (key === "ArrowUp" ? -1 : 1)]);
    return;
  }
  const step = key === "ArrowLeft" ? -1 : 1;
  let next = column + step;
  while (columns[next]?.length === 0) next += step;
  if (columns[next]) choose(columns[next][Math.min(index, columns[next].length - 1)]);
}

function choose(row) {
  if (!row) return;
  chosen = row.dataset.key;
  draw();
  focusRow(board, chosen);
  if (!byId("detail").hidden) openTicket(chosen);
}

await loadTexts();
wireSignOut();
send("GET", "/api/me").then((user) => {
  byId("who").textContent = user.display_name;
  byId("policies-link").hidden = user.role !== "head_nurse";
  me = user.user;
});
mover.wire();
board.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (row && (event.ctrlKey || event.metaKey)) marked.toggle(row.dataset.key);
  else if (row) openTicket(row.dataset.key).then(() => rowOf(board, row.dataset.key)?.focus({ preventScroll: true }));
});
document.addEventListener("keydown", pressed);
byId("filter").addEventListener("input", draw);
byId("filter").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" && event.key !== "Enter") return;
  if (event.key === "Escape") byId("filter").value = "";
  byId("filter").blur();
  draw();
});
byId("find").addEventListener("click", () => openFinder(station));
byId("notices").addEventListener("click", () => openNotices(station));
byId("keys").addEventListener("click", () => openKeys());
byId("undo").addEventListener("click", undo);
addEventListener("resize", () => layOut(board, board.children.length));
setInterval(draw, REDRAW_MS);
live.start();
openForUse();
