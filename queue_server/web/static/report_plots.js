// The two plots, drawn as SVG: arrivals and waits by half hour, and how waits are spread.

import { element } from "./element.js";
import { clockText, text } from "./page.js";
import { stepFor, wholeMinutes } from "./report_units.js";

const SVG = "http://www.w3.org/2000/svg";
const HALF_HOUR_S = 1800;

function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.flat());
  return made;
}

function picture(width, height, label, ...parts) {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...parts);
}

/** Draws the lines and numbers of an upright axis from 0 to `most`; returns its scale. */
function upright(parts, { left, right, top, bottom, most }) {
  const step = stepFor(most, 4);
  const highest = Math.max(step, Math.ceil(most / step) * step);
  const y = (value) => bottom - ((bottom - top) * value) / highest;
  for (let value = 0; value <= highest; value += step) {
    parts.push(svg("line", { class: value === 0 ? "base" : "grid", x1: left, x2: right, y1: y(value), y2: y(value) }));
    parts.push(svg("text", { class: "tick", x: left - 8, y: y(value) + 4, "text-anchor": "end", text: value }));
  }
  return y;
}

function bar(x, y, width, height) {
  const round = Math.min(3, width / 2, height);
  const path = `M${x},${y + height}v${round - height}q0,${-round} ${round},${-round}h${width - 2 * round}q${round},0 ${round},${round}v${height - round}z`;
  return svg("path", { class: "bar-mark", d: path });
}

/** Draws arrivals above and the waits of those who came then below, over one axis of time. */
export function drawDay(place, halfHours) {
  const [width, height, left, right] = [800, 340, 44, 792];
  const parts = [];
  const band = (right - left) / Math.max(halfHours.length, 1);
  const x = (index) => left + band * index;
  const most = Math.max(1, ...halfHours.map(({ arrivals }) => arrivals));
  const longest = Math.max(1, ...halfHours.map(({ waits }) => (waits.p90_s ?? 0) / 60));
  parts.push(svg("text", { class: "caption", x: left, y: 14, text: text("report.plot_arrivals") }));
  const upper = upright(parts, { left, right, top: 28, bottom: 150, most });
  parts.push(svg("text", { class: "caption", x: left, y: 180, text: text("report.plot_waits") }), ...key(right, 176));
  const lower = upright(parts, { left, right, top: 194, bottom: 306, most: longest });
  halfHours.forEach((one, index) => parts.push(halfHour(one, x(index), band, upper, lower)));
  const every = Math.ceil(halfHours.length / 12);
  halfHours.forEach((one, index) => {
    if (index % every === 0) parts.push(svg("text", { class: "tick", x: x(index), y: 326, "text-anchor": "middle", text: clockText(one.start_s) }));
  });
  place.replaceChildren(picture(width, height, dayLabel(halfHours), ...parts), dayNumbers(halfHours));
}

function key(right, y) {
  return [
    svg("text", { class: "tick", x: right - 40, y: y + 4, "text-anchor": "end", text: text("report.plot_waits_key") }),
    svg("line", { class: "range", x1: right - 30, x2: right - 2, y1: y, y2: y }),
    svg("circle", { class: "median", cx: right - 30, cy: y, r: 4.5 }),
  ];
}

function halfHour(one, x, band, upper, lower) {
  const group = svg("g", { class: "half-hour" });
  const { waits } = one;
  const told = `${clockText(one.start_s)}–${clockText(one.start_s + HALF_HOUR_S)} · ${one.arrivals} · P50 ${wholeMinutes(waits.p50_s)} · P90 ${wholeMinutes(waits.p90_s)}`;
  group.append(svg("title", { text: told }), svg("rect", { class: "touch", x, y: 20, width: band, height: 290 }));
  if (one.arrivals > 0) group.append(bar(x + band * 0.14, upper(one.arrivals), band * 0.72, upper(0) - upper(one.arrivals)));
  if (waits.count > 0) {
    const middle = x + band / 2;
    group.append(
      svg("line", { class: "range", x1: middle, x2: middle, y1: lower(waits.p50_s / 60), y2: lower(waits.p90_s / 60) }),
      svg("circle", { class: "median", cx: middle, cy: lower(waits.p50_s / 60), r: 4.5 }),
    );
  }
  return group;
}

function dayLabel(halfHours) {
  const none = { start_s: 0, arrivals: 0, waits: { p90_s: null } };
  const peak = halfHours.reduce((best, one) => (one.arrivals > best.arrivals ? one : best), none);
  const worst = halfHours.reduce((best, one) => ((one.waits.p90_s ?? -1) > (best.waits.p90_s ?? -1) ? one : best), none);
  return text("report.plot_day_label", {
    peak: clockText(peak.start_s),
    count: peak.arrivals,
    worst: clockText(worst.start_s),
    p90: wholeMinutes(worst.waits.p90_s),
  });
}

/** Draws how many waited how long, with the median and P90 marked. */
export function drawBins(place, bins, waits) {
  const [width, height, left, right, top, bottom] = [480, 340, 44, 472, 44, 290];
  const parts = [];
  const most = Math.max(1, ...bins.map(({ count }) => count));
  parts.push(svg("text", { class: "caption", x: left, y: 14, text: text("report.plot_bins_people") }));
  const y = upright(parts, { left, right, top, bottom, most });
  const band = (right - left) / Math.max(bins.length, 1);
  bins.forEach((bin, index) => {
    const x = left + band * index;
    const group = svg("g", {}, svg("title", { text: `${binText(bin)} · ${bin.count}` }));
    group.append(svg("rect", { class: "touch", x, y: top, width: band, height: bottom - top }));
    if (bin.count > 0) group.append(bar(x + 1.5, y(bin.count), band - 3, y(0) - y(bin.count)));
    parts.push(group);
    if (index % 2 === 0) parts.push(svg("text", { class: "tick", x, y: bottom + 18, "text-anchor": "middle", text: bin.from_s / 60 }));
  });
  const mark = (seconds, name, level) => {
    const x = Math.min(left + (band * seconds) / 600, right);
    const anchor = x > (left + right) / 2 ? "end" : "start";
    parts.push(svg("line", { class: "mark-line", x1: x, x2: x, y1: level - 8, y2: bottom }));
    parts.push(svg("text", { class: "mark-text", x: anchor === "end" ? x - 5 : x + 5, y: level, "text-anchor": anchor, text: `${name} ${wholeMinutes(seconds)}` }));
  };
  if (bins.length > 0) {
    mark(waits.p50_s, "P50", 34);
    mark(waits.p90_s, "P90", 48);
  }
  parts.push(svg("text", { class: "caption", x: right, y: bottom + 40, "text-anchor": "end", text: text("report.plot_bins_axis") }));
  const label = text("report.plot_bins_label", { count: waits.count, p50: wholeMinutes(waits.p50_s), p90: wholeMinutes(waits.p90_s) });
  place.replaceChildren(picture(width, height, label, ...parts), binNumbers(bins));
}

function binText({ from_s, to_s }) {
  return to_s === null ? `≥ ${from_s / 60}` : `${from_s / 60}–${to_s / 60}`;
}

function numbers(headings, rows) {
  return element(
    "details",
    { class: "numbers" },
    element("summary", { text: text("report.numbers") }),
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, headings.map((one) => element("th", { scope: "col", text: one })))),
      element("tbody", {}, rows.map(([first, ...rest]) =>
        element("tr", {}, element("th", { scope: "row", text: first }), rest.map((one) => element("td", { text: one }))),
      )),
    ),
  );
}

function dayNumbers(halfHours) {
  const rows = halfHours.map(({ start_s, arrivals, waits }) => [clockText(start_s), arrivals, wholeMinutes(waits.p50_s), wholeMinutes(waits.p90_s)]);
  return numbers([text("report.numbers_time"), text("report.column_arrivals"), "P50", "P90"], rows);
}

function binNumbers(bins) {
  return numbers([text("report.numbers_bin"), text("report.numbers_people")], bins.map((bin) => [binText(bin), bin.count]));
}
