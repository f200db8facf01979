// When doctors were late, away, pausing or stopped: a line for each.

import { element } from "./element.js";
import { both, text } from "./page.js";
import { minutes } from "./report_units.js";

const COLUMNS = ["doctor", "kind", "cause", "began", "ended", "minutes", "expected", "approval"];

export function drawAbsences(table, report) {
  const queues = new Map(report.queues.map((queue) => [queue.id, queue]));
  table.replaceChildren(
    element("thead", {}, element("tr", {}, COLUMNS.map((name) => element("th", { scope: "col", text: text(`report.absence_${name}`) })))),
    element("tbody", {}, report.absences.map((absence) => line(absence, queues.get(absence.queue)))),
  );
}

function line(absence, queue) {
  const doctor = queue ? `${both(queue, "doctor")} · ${both(queue, "clinic")}` : absence.queue;
  return element(
    "tr",
    { "data-queue": absence.queue },
    element("th", { scope: "row", text: doctor }),
    element("td", { text: text(`absence.${absence.kind}`) }),
    element("td", { text: both(absence, "cause") || "–" }),
    element("td", { text: absence.began }),
    element("td", { text: absence.ended || text("report.absence_lasts") }),
    element("td", { text: absence.lasted_s === null ? "–" : minutes(absence.lasted_s) }),
    element("td", { text: absence.expected || "–" }),
    element("td", { text: absence.approval || "–" }),
  );
}
