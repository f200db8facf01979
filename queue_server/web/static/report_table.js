// The table of doctors: one row each, areas and the sum below, sorted by any column.

import { element } from "./element.js";
import { both, text } from "./page.js";
import { minutes } from "./report_units.js";

let sorted = { column: null, isDown: true };

/** The columns: key, heading, group of headings, value of the figures, how it is written. */
const COLUMNS = [
  ["arrivals", "column_arrivals", null, (found) => found.arrivals],
  ["done", "column_done", null, (found) => found.done],
  ["wait_mean", "column_mean", "wait", (found) => found.waits.mean_s, minutes],
  ["wait_p50", "P50", "wait", (found) => found.waits.p50_s, minutes],
  ["wait_p90", "P90", "wait", (found) => found.waits.p90_s, minutes],
  ["again", "column_again", "wait", (found) => found.waits_with_results.mean_s, minutes],
  ["service_mean", "column_mean", "service", (found) => found.services.mean_s, minutes],
  ["service_p50", "P50", "service", (found) => found.services.p50_s, minutes],
  ["service_p90", "P90", "service", (found) => found.services.p90_s, minutes],
  ["missed", "column_missed", null, (found) => found.missed_calls],
  ["returned", "column_returned", null, (found) => found.returned],
  ["no_shows", "column_no_shows", null, (found) => found.no_shows],
  ["calls", "column_calls", null, (found) => (found.called_visits ? found.calls / found.called_visits : null), (each) => (each === null ? "–" : each.toFixed(1))],
  ["moves", "column_moves", null, (found) => found.moves_by_hand],
  ["overtaken", "column_overtaken", null, (found) => found.overtaken_times],
  ["most", "column_most", null, (found) => found.overtaken_most_times, (times, found) => (times ? `${found.overtaken_most} ×${times}` : "–")],
];

const heading = (name) => (name.startsWith("P") ? name : text(`report.${name}`));

/** Fills the table; a click on a heading sorts it anew. */
export function drawDoctors(table, report) {
  const draw = (focused) => {
    table.replaceChildren(head((column) => {
      sorted = { column, isDown: sorted.column === column ? !sorted.isDown : true };
      draw(column);
    }), doctors(report), sums(report));
    if (focused) table.querySelector(`[data-column="${focused}"]`).focus();
  };
  draw(null);
}

function head(sort) {
  const groups = element("tr", {}, element("th", { scope: "col", rowspan: 2, class: "name", text: text("report.column_doctor") }));
  const below = element("tr", {});
  let former = null;
  for (const [key, name, group] of COLUMNS) {
    const cell = columnHead(key, name, group !== former, sort);
    if (group === null) {
      cell.rowSpan = 2;
      groups.append(cell);
    } else {
      if (group !== former) groups.append(groupHead(group));
      below.append(cell);
    }
    former = group;
  }
  return element("thead", {}, groups, below);
}

function groupHead(group) {
  const count = COLUMNS.filter(([, , its]) => its === group).length;
  return element("th", { scope: "colgroup", colspan: count, class: "group", text: text(`report.column_${group}`) });
}

function columnHead(key, name, isFirst, sort) {
  const isSorted = sorted.column === key;
  const order = isSorted ? (sorted.isDown ? "descending" : "ascending") : null;
  return element(
    "th",
    { scope: "col", class: isFirst ? "first" : null, "aria-sort": order },
    element("button", { type: "button", "data-column": key, text: heading(name), click: () => sort(key) }),
  );
}

function doctors(report) {
  const column = COLUMNS.find(([key]) => key === sorted.column);
  const rows = [...report.queues];
  if (column) {
    const value = (queue) => column[3](queue.figures) ?? -1;
    rows.sort((one, other) => (sorted.isDown ? value(other) - value(one) : value(one) - value(other)));
  }
  return element("tbody", {}, rows.map((queue) => {
    const isQuiet = queue.figures.booked + queue.figures.arrivals + queue.figures.transferred_in === 0;
    const name = element(
      "th",
      { scope: "row", class: "name", title: both(queue, "room") },
      element("span", { class: "doctor", text: both(queue, "doctor") }),
      element("span", { class: "where", text: both(queue, "clinic") }),
    );
    return element("tr", { class: isQuiet ? "is-quiet" : null, "data-queue": queue.id }, name, cells(queue.figures));
  }));
}

function sums(report) {
  const areas = report.areas.filter(({ figures }) => figures !== null);
  const rows = areas.length > 1 ? areas.map((area) => sum(both(area, "name"), area.figures)) : [];
  return element("tbody", { class: "sums" }, rows, sum(text("report.all"), report.total));
}

function sum(name, found) {
  return element("tr", {}, element("th", { scope: "row", class: "name", text: name }), cells(found));
}

function cells(found) {
  let former = null;
  return COLUMNS.map(([, , group, value, write]) => {
    const isFirst = group !== former;
    former = group;
    const figure = value(found);
    const written = write ? write(figure, found) : figure;
    return element("td", { class: [isFirst ? "first" : "", figure ? "" : "is-none"].join(" ").trim() || null, text: written });
  });
}
