// The plots of a rehearsal: waits by kind before and after, and whose call would have moved.

import { element } from "./element.js";
import { clockText, text } from "./page.js";
import { stepFor } from "./report_units.js";

const SVG = "http://www.w3.org/2000/svg";
const ROWS = 16;
const WIDTH = 640;

function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") made.textContent = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.flat());
  return made;
}

function picture(height, label, parts) {
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": label }, ...parts);
}

function grid(parts, at, label, top, bottom) {
  parts.push(svg("line", { class: "grid", x1: at, x2: at, y1: top, y2: bottom }));
  parts.push(svg("text", { class: "tick", x: at, y: bottom + 18, "text-anchor": "middle", text: label }));
}

const inMinutes = (seconds) => (seconds === null ? "–" : String(Math.round(seconds / 60)));

export function kindText(kind) {
  return text(kind === null ? "policies.all" : `policies.kind_${kind}`);
}

/** Draws each kind's median and P90, as they were (above) and as they would have been (below). */
export function drawWaits(place, waits) {
  const [left, right, top, row] = [120, WIDTH - 24, 34, 56];
  const bottom = top + row * waits.length;
  const longest = Math.max(60, ...waits.flatMap(({ was, would_be: would }) => [was.p90_s ?? 0, would.p90_s ?? 0])) / 60;
  const step = stepFor(longest, 6);
  const most = Math.max(step, Math.ceil(longest / step) * step);
  const x = (minutes) => left + ((right - left) * minutes) / most;
  const parts = [...waitsKey(left)];
  for (let minutes = 0; minutes <= most; minutes += step) grid(parts, x(minutes), minutes, top, bottom);
  waits.forEach(({ kind, was, would_be: would }, index) => {
    const y = top + row * index + row / 2;
    parts.push(svg("text", { class: "name", x: left - 12, y: y, "text-anchor": "end", text: kindText(kind) }));
    parts.push(svg("text", { class: "tick", x: left - 12, y: y + 15, "text-anchor": "end", text: text("policies.people", { count: was.count }) }));
    parts.push(...span(was, x, y - 9, "was"), ...span(would, x, y + 9, "would"));
  });
  parts.push(svg("text", { class: "tick", x: right, y: bottom + 36, "text-anchor": "end", text: text("policies.axis_minutes") }));
  const label = waits.map(({ kind, was, would_be: would }) => text("policies.waits_label", { kind: kindText(kind), was: inMinutes(was.p50_s), would: inMinutes(would.p50_s), was90: inMinutes(was.p90_s), would90: inMinutes(would.p90_s) })).join("; ");
  place.replaceChildren(picture(bottom + 44, label, parts));
}

function waitsKey(left) {
  return [
    svg("circle", { class: "dot was", cx: left + 6, cy: 12, r: 5 }),
    svg("text", { class: "tick", x: left + 18, y: 16, text: text("policies.was") }),
    svg("circle", { class: "dot would", cx: left + 96, cy: 12, r: 5 }),
    svg("text", { class: "tick", x: left + 108, y: 16, text: text("policies.would") }),
    svg("text", { class: "tick", x: WIDTH - 24, y: 16, "text-anchor": "end", text: text("policies.waits_key") }),
  ];
}

function span(waits, x, y, side) {
  if (waits.count === 0) return [];
  const [from, to] = [x(waits.p50_s / 60), x(waits.p90_s / 60)];
  return [
    svg("line", { class: `range ${side}`, x1: from, x2: to, y1: y, y2: y }),
    svg("circle", { class: `dot ${side}`, cx: from, cy: y, r: 5 }, svg("title", { text: `P50 ${inMinutes(waits.p50_s)} · P90 ${inMinutes(waits.p90_s)}` })),
  ];
}

/** Draws those whose call moves most: from when it was to when it would have been. */
export function drawCalls(place, changed) {
  const shown = changed.slice(0, ROWS);
  if (shown.length === 0) {
    place.replaceChildren(element("p", { class: "soft nothing", text: text("policies.no_call_moves") }));
    return;
  }
  const [left, right, top, row] = [76, WIDTH - 76, 34, 22];
  const bottom = top + row * shown.length;
  const times = shown.flatMap((one) => [one.called_s, one.would_be_called_s]).filter((one) => one !== null);
  const [first, last] = [Math.floor(Math.min(...times) / 1800) * 1800, Math.ceil((Math.max(...times) + 1) / 1800) * 1800];
  const never = right + 40;
  const x = (second) => (second === null ? never : left + ((right - left) * (second - first)) / (last - first));
  const parts = [...callsKey(left)];
  const every = Math.ceil((last - first) / 1800 / 6) * 1800;
  for (let second = first; second <= last; second += every) grid(parts, x(second), clockText(second), top, bottom);
  if (shown.some((one) => one.called_s === null || one.would_be_called_s === null)) grid(parts, never, text("policies.not_called"), top, bottom);
  shown.forEach((one, index) => parts.push(moved(one, x, top + row * index + row / 2, left)));
  const sooner = changed.filter((one) => isSooner(one)).length;
  const label = text("policies.calls_label", { sooner, later: changed.length - sooner });
  place.replaceChildren(picture(bottom + 26, label, parts));
}

export function isSooner({ called_s: was, would_be_called_s: would }) {
  return would !== null && (was === null || would < was);
}

function callsKey(left) {
  return [
    svg("circle", { class: "dot was", cx: left + 6, cy: 12, r: 4.5 }),
    svg("text", { class: "tick", x: left + 16, y: 16, text: text("policies.was") }),
    svg("circle", { class: "dot would", cx: left + 96, cy: 12, r: 4.5 }),
    svg("text", { class: "tick", x: left + 106, y: 16, text: text("policies.sooner") }),
    svg("circle", { class: "dot later", cx: left + 186, cy: 12, r: 4.5 }),
    svg("text", { class: "tick", x: left + 196, y: 16, text: text("policies.later") }),
  ];
}

function moved(one, x, y, left) {
  const side = isSooner(one) ? "would" : "later";
  const [from, to] = [x(one.called_s), x(one.would_be_called_s)];
  const when = (second) => (second === null ? text("policies.not_called") : clockText(second));
  return svg(
    "g",
    {},
    svg("title", { text: `${one.number} · ${when(one.called_s)} → ${when(one.would_be_called_s)}` }),
    svg("text", { class: "name", x: left - 14, y: y + 4, "text-anchor": "end", text: one.number }),
    svg("line", { class: `range ${side}`, x1: from, x2: to, y1: y, y2: y }),
    svg("circle", { class: "dot was", cx: from, cy: y, r: 4.5 }),
    svg("circle", { class: `dot ${side}`, cx: to, cy: y, r: 4.5 }),
  );
}
