// The smaller sheets of the nurse station: a queue's status, notices, same masked names, keys.

import { absenceBar, absenceSentence, askAbsence, toldSentence } from "./absence.js";
import { buttons, openDialog } from "./dialogs.js";
import { element } from "./element.js";
import { openKeyTable } from "./key_table.js";
import { both, send, tellDone, tellRefused, text } from "./page.js";
import { sayOfDoctor, teamBar } from "./station_team.js";
import { shortName } from "./ticket_marks.js";

const NOTICES_MAX = 10;
const KEYS = [
  ["↑ ↓ ← →", "keys.choose"],
  ["Enter", "keys.open"],
  ["M", "keys.pick_up"],
  ["X", "keys.mark"],
  ["T", "keys.transfer"],
  ["/", "keys.find"],
  ["F", "keys.filter"],
  ["N", "keys.notices"],
  ["W", "keys.spread"],
  ["B", "keys.screens"],
  ["Ctrl Z", "keys.undo"],
  ["Esc", "keys.leave"],
  ["?", "keys.help"],
];

/** Tells who knows of a stop by a message, and whom somebody has to call. */
function toldBar(told) {
  const toCall = told.unreached.length > 0 ? text("told.to_call", { numbers: told.unreached.join(" · ") }) : "";
  return element(
    "p",
    { class: "told" },
    element("span", { text: toldSentence(told) }),
    toCall ? element("strong", { text: toCall }) : null,
  );
}

/** Asks what a whole queue shall do: pause, reopen, stop, or call its next one for the doctor. */
export async function openQueueSheet(station, queueId) {
  const seenEntry = station.view().entry_count;
  const queue = station.view().queues.find(({ name }) => name.id === queueId);
  const doctor = both(queue.name, "doctor");
  const possible = { open: ["call-next", "pause"], paused: ["reopen"], stopped: ["reopen"] };
  const isOwn = (by) => by.split(":")[1] === station.me();
  const name = await openDialog("", (close) =>
    element(
      "div",
      { class: "sheet" },
      element("h2", { text: `${doctor} · ${both(queue.name, "room")}` }),
      element(
        "div",
        { class: "acts" },
        possible[queue.status].filter((act) => act !== "call-next" || queue.doctors.length === 0).map((act) =>
          element("button", { "data-act": act, text: text(`queue_act.${act}`), click: () => close(act) }),
        ),
        element("button", { "data-act": "absence", text: text("absence.key"), click: () => close("absence") }),
      ),
      absenceBar(queue, { act: close, isOwn }),
      queue.told ? toldBar(queue.told) : null,
      teamBar(queue, close),
    ),
  );
  if (!name) return;
  if (name.doctor) {
    await sayOfDoctor(station, queueId, name, seenEntry);
    return;
  }
  if (name === "absence") {
    const body = await askAbsence(queue);
    const told = body && (await station.act(queueId, name, body, seenEntry));
    const { absence } = station.view().queues.find(({ name: one }) => one.id === queueId);
    if (told && absence) tellDone(`${doctor}: ${absenceSentence(absence)}`);
    return;
  }
  const done = await station.act(queueId, name, {}, seenEntry);
  if (done) tellDone(text(`queue_act.${name}_done`, { doctor }));
}

/** Lets the nurse write what the waiting areas are told. */
export async function openNotices(station) {
  const { areas } = station.view();
  const chosen = areas.find(({ id }) => id === station.area()) ?? areas[0];
  const asked = await openDialog("wide", (close) => makeNotices(areas, chosen, close));
  if (!asked) return;
  try {
    await send("PUT", `/api/station/areas/${asked.area}/notices`, { notices: asked.notices });
    tellDone(text("notices.done"));
  } catch (refused) {
    tellRefused(refused);
  }
}

function makeNotices(areas, chosen, close) {
  const lines = element("div", { class: "notice-lines" });
  const area = element(
    "select",
    { "aria-label": text("notices.area"), change: () => fill(areas.find(({ id }) => id === area.value)) },
    areas.map((one) => element("option", { value: one.id, selected: one === chosen, text: both(one, "name") })),
  );
  const addLine = (notice = { text_zh: "", text_en: "" }) => {
    const pair = element(
      "div",
      { class: "pair" },
      element("input", { maxlength: "100", "aria-label": text("notices.chinese"), value: notice.text_zh, lang: "zh-CN" }),
      element("input", { maxlength: "100", "aria-label": text("notices.english"), value: notice.text_en, lang: "en" }),
      element("button", {
        type: "button",
        class: "quiet",
        "aria-label": text("notices.remove"),
        text: "✕",
        click: () => pair.remove(),
      }),
    );
    if (lines.querySelectorAll(".pair:not(.heads)").length < NOTICES_MAX) lines.append(pair);
    return pair;
  };
  const fill = (one) => {
    const heads = ["notices.chinese", "notices.english"].map((key) => element("span", { text: text(key) }));
    lines.replaceChildren(element("div", { class: "pair heads" }, heads, element("button", { type: "button" })));
    one.notices.forEach(addLine);
    if (one.notices.length === 0) addLine();
  };
  fill(chosen);
  return element(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        const pairs = [...lines.querySelectorAll(".pair:not(.heads)")];
        const notices = pairs
          .map((pair) => [...pair.querySelectorAll("input")].map((input) => input.value.trim()))
          .filter(([zh, en]) => zh || en)
          .map(([zh, en]) => ({ text_zh: zh, text_en: en }));
        close({ area: area.value, notices });
      },
    },
    element("h2", { text: text("notices.title") }),
    element("label", { class: "field" }, text("notices.area"), area),
    lines,
    element("button", {
      type: "button",
      text: `＋ ${text("notices.add")}`,
      click: () => addLine().querySelector("input").focus(),
    }),
    buttons(close, text("notices.confirm")),
  );
}

/** Shows who can't be told apart by the masked name. */
export async function openSharedNames(station) {
  const view = station.view();
  const tickets = new Map();
  for (const queue of view.queues) {
    const { in_room: inRoom, listed, missed } = queue.tickets;
    for (const ticket of [inRoom, ...listed, ...missed]) if (ticket) tickets.set(ticket.id, ticket);
  }
  const chosen = await openDialog("", (close) =>
    element(
      "div",
      { class: "sheet" },
      element("h2", { text: text("shared.title") }),
      element("p", { class: "soft", text: text("shared.lead") }),
      element(
        "ol",
        { class: "shared-list" },
        view.shared_names.map((one) =>
          element(
            "li",
            {},
            element("strong", { text: one.masked_name }),
            element("span", { class: "soft", text: both(view.areas.find(({ id }) => id === one.area), "name") }),
            one.tickets
              .filter((id) => tickets.has(id))
              .map((id) => element("button", { text: shortName(tickets.get(id)), click: () => close(id) })),
          ),
        ),
      ),
    ),
  );
  if (chosen) station.show(chosen);
}

/** Shows the keys. */
export function openKeys() {
  return openKeyTable(KEYS);
}
