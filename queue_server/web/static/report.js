// The report of a clinic day: what is chosen, the tiles, the file. Plots and table have their own modules.

import { element } from "./element.js";
import { both, clearMessages, loadTexts, openForUse, send, tellDone, tellRefused, text, wireSignOut } from "./page.js";
import { drawBins, drawDay } from "./report_plots.js";
import { drawAbsences } from "./report_absences.js";
import { drawDoctors } from "./report_table.js";
import { minutes, wholeMinutes } from "./report_units.js";

const place = (id) => document.getElementById(id);
let shown = null;
let asking = 0;

function asked() {
  const parts = new URLSearchParams();
  if (place("day").value) parts.set("day_on", place("day").value);
  if (place("area").value) parts.set("area", place("area").value);
  return parts.toString();
}

async function show() {
  const mine = ++asking;
  clearMessages();
  document.body.classList.add("is-old");
  try {
    const report = await send("GET", `/api/report?${asked()}`);
    if (mine === asking) draw(report);
  } catch (refused) {
    tellRefused(refused);
  } finally {
    if (mine === asking) document.body.classList.remove("is-old");
  }
}

function draw(report) {
  shown = report;
  place("day").value = report.day_on;
  place("previous-day").disabled = nextDay(-1) === undefined;
  place("next-day").disabled = nextDay(1) === undefined;
  drawAreas(report);
  const when = report.as_of ? text("report.as_of", { time: report.as_of }) : text("report.whole_day");
  place("as-of").textContent = when;
  const area = report.areas.find(({ id }) => id === report.area);
  place("subject").textContent = [report.day_on, area ? both(area, "name") : text("report.area_all"), when].join(" · ");
  const { booked, arrivals, walk_ins, transferred_in } = report.total;
  const isEmpty = booked + arrivals + walk_ins + transferred_in === 0;
  place("nothing").hidden = !isEmpty;
  place("found").hidden = isEmpty;
  place("export").disabled = isEmpty;
  place("print").disabled = isEmpty;
  if (isEmpty) return;
  place("tiles").replaceChildren(...tiles(report.total));
  drawDay(place("plot-day"), report.half_hours);
  drawBins(place("plot-bins"), report.wait_bins, report.total.waits);
  drawDoctors(place("doctors"), report);
  place("absences-section").hidden = report.absences.length === 0;
  drawAbsences(place("absences"), report);
}

function drawAreas(report) {
  const all = element("option", { value: "", text: text("report.area_all") });
  const areas = report.areas.map((area) => element("option", { value: area.id, text: both(area, "name") }));
  place("area").replaceChildren(all, ...areas);
  place("area").value = report.area;
  place("area").hidden = report.areas.length < 2;
}

function tiles(total) {
  const { waits, services, waits_with_results: again } = total;
  const spread = (found) => ({ mean: wholeMinutes(found.mean_s), p90: wholeMinutes(found.p90_s) });
  const each = total.called_visits ? (total.calls / total.called_visits).toFixed(1) : "–";
  const share = total.booked ? Math.round((100 * total.no_shows) / total.booked) : 0;
  const most = total.overtaken_most ? `${total.overtaken_most} ×${total.overtaken_most_times}` : "–";
  return [
    tile("arrivals", total.arrivals, "", { booked: total.booked, walk_ins: total.walk_ins }),
    tile("done", total.done, "", { open: total.open, expected: total.expected }),
    tile("wait", wholeMinutes(waits.p50_s), text("report.unit_min"), { ...spread(waits), longest: wholeMinutes(waits.longest_s) }),
    tile("service", minutes(services.p50_s), text("report.unit_min"), spread(services)),
    tile("returned", total.returned, "", spread(again)),
    tile("missed", total.missed_calls, text("report.unit_times"), { visits: total.missed_visits, calls: each }),
    tile("no_shows", total.no_shows, "", { share }),
    tile("overtaken", total.overtaken_times, text("report.unit_times"), { visits: total.overtaken_visits, most }),
    tile("moves", total.moves_by_hand, text("report.unit_times"), { times: total.overtaken_by_emergency_times }),
  ];
}

function tile(name, figure, unit, parts) {
  return element(
    "li",
    { class: `tile is-${name}` },
    element("h2", { text: text(`report.tile_${name}`) }),
    element("p", { class: "figure" }, element("strong", { text: figure }), unit ? element("span", { text: unit }) : null),
    element("p", { class: "more soft" }, text(`report.tile_${name}_more`, parts).split(" · ").map((part) => element("span", { text: part }))),
  );
}

/** Returns the nearest clinic day of the journal after or before the one shown. */
function nextDay(direction) {
  const days = [...shown.days].sort();
  const found = direction > 0 ? days.filter((day) => day > shown.day_on) : days.filter((day) => day < shown.day_on);
  return direction > 0 ? found[0] : found.at(-1);
}

function go(direction) {
  place("day").value = nextDay(direction);
  show();
}

async function exportAll(button, name, address) {
  button.disabled = true;
  try {
    const answer = await fetch(`${address}?${asked()}`);
    if (!answer.ok) throw await answer.json();
    const file = URL.createObjectURL(await answer.blob());
    element("a", { href: file, download: `${name}-${shown.day_on}.csv` }).click();
    URL.revokeObjectURL(file);
    tellDone(text("report.exported", { day: shown.day_on }));
  } catch (refused) {
    tellRefused(refused);
  } finally {
    button.disabled = false;
  }
}

await loadTexts();
wireSignOut();
place("controls").addEventListener("submit", (event) => event.preventDefault());
for (const id of ["day", "area"]) place(id).addEventListener("change", show);
place("previous-day").addEventListener("click", () => go(-1));
place("next-day").addEventListener("click", () => go(1));
place("export").addEventListener("click", (event) => exportAll(event.currentTarget, "report", "/api/report/export"));
place("export-absences").addEventListener("click", (event) =>
  exportAll(event.currentTarget, "absences", "/api/report/absences"),
);
place("print").addEventListener("click", () => window.print());
const me = await send("GET", "/api/me");
place("who-am-i").textContent = me.display_name;
place("first-page").href = me.first_page;
await show();
openForUse();
