// The devices page: alarms above, every device below, the worst first; one of them in full.

import { drawAlarms } from "./devices_alarms.js";
import { drawCard, makeCard } from "./devices_card.js";
import { DeviceDetail } from "./devices_detail.js";
import { element, reconcile, refill } from "./element.js";
import { LiveView } from "./live.js";
import { loadTexts, openForUse, send, text, wireSignOut } from "./page.js";

const REDRAW_MS = 5000; // Ages go on while nothing comes in.
const KINDS = ["kiosk", "area-board", "door-board"];
const byId = (id) => document.getElementById(id);
const live = new LiveView("/api/devices/stream", { show: draw, connected });
const detail = new DeviceDetail(byId("detail"), { closed: () => choose(null) });
const wanted = { kind: null, words: "", isTrouble: false };
let chosen = null;

function draw() {
  if (!live.view) return;
  const { devices, alarms } = live.view;
  const passedS = Math.floor((performance.now() - live.receivedAt) / 1000);
  const shown = devices.filter(isWanted);
  const upCount = devices.filter((one) => one.line === "up").length;
  byId("counts").textContent = text("devices.counts", { up: upCount, all: devices.length });
  drawKinds(devices);
  drawAlarms(byId("alarms"), alarms, passedS, (about) => {
    if (devices.some((one) => one.device === about)) choose(about);
  });
  const list = byId("list");
  list.dataset.empty = text(devices.length ? "devices.nothing" : "devices.nobody");
  reconcile(
    list,
    shown,
    (one) => one.device,
    (one) => makeCard(() => choose(one.device)),
    (card, one) => drawCard(card, one, passedS, one.device === chosen),
  );
  detail.show(devices.find((one) => one.device === chosen) ?? null, passedS);
}

function isWanted(device) {
  const where = `${device.device} ${device.place_zh} ${device.place_en}`.toLowerCase();
  const isTrouble = device.severity !== null || device.line !== "up";
  return (
    (wanted.kind === null || device.kind === wanted.kind) &&
    (!wanted.isTrouble || isTrouble) &&
    wanted.words.split(/\s+/).every((word) => where.includes(word))
  );
}

function drawKinds(devices) {
  const counts = KINDS.map((kind) => devices.filter((one) => one.kind === kind).length);
  refill(byId("kinds"), [wanted.kind, ...counts], () => [
    kindButton(null, text("devices.all"), devices.length),
    ...KINDS.map((kind, index) => kindButton(kind, text(`devices.${kind}`), counts[index])),
  ]);
}

function kindButton(kind, label, count) {
  return element(
    "button",
    {
      "aria-pressed": String(wanted.kind === kind),
      click: () => {
        wanted.kind = kind;
        draw();
      },
    },
    `${label} `,
    element("span", { class: "soft", text: count }),
  );
}

function choose(device) {
  chosen = device;
  draw();
}

function connected(isConnected) {
  byId("line-down").hidden = isConnected;
}

await loadTexts();
wireSignOut();
byId("filter").addEventListener("input", (event) => {
  wanted.words = event.target.value.trim().toLowerCase();
  draw();
});
byId("only-trouble").addEventListener("click", (event) => {
  wanted.isTrouble = !wanted.isTrouble;
  event.currentTarget.setAttribute("aria-pressed", String(wanted.isTrouble));
  draw();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") choose(null);
});
byId("payments").hidden = !(await send("GET", "/api/me")).sees_payments;
setInterval(draw, REDRAW_MS);
live.start();
openForUse();
