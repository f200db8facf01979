// One device in full: its screenshot, what it says, what can be asked of it, what has happened.

import {
  ageText,
  clockText,
  heardText,
  kindText,
  lineText,
  paperText,
  partsText,
  screenshotAddress,
  seenText,
  soundText,
} from "./devices_words.js";
import { element, refill } from "./element.js";
import { both, clearMessages, send, tellDone, tellRefused, text } from "./page.js";

const CHANGES = ["version", "paper", "parts", "sound"];
const MOMENTS = ["came", "went", "started"];

export class DeviceDetail {
  /** `closed()` is called when the panel is closed from within. */
  constructor(panel, { closed }) {
    this.panel = panel;
    this.closed = closed;
    this.device = null;
    this.lines = [];
    this.asked = "";
  }

  /** Shows a device, or nothing. */
  show(device, passedS) {
    this.panel.hidden = device === null;
    this.device = device;
    if (device === null) {
      this.asked = "";
      return;
    }
    this.lookUpHistory(device);
    this.draw(device, passedS);
  }

  draw(device, passedS) {
    const facts = this.facts(device, passedS);
    refill(this.panel, [device, facts, this.lines], () => [
      element("button", { class: "quiet close", "aria-label": text("devices.close"), text: "✕", click: this.closed }),
      element("h2", { text: device.device }),
      element("p", { class: "soft", text: [kindText(device), both(device, "place")].filter(Boolean).join(" · ") }),
      this.picture(device),
      this.acts(device),
      element("dl", { class: "facts" }, facts.flatMap(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })])),
      element("h3", { text: text("devices.history") }),
      element("ol", { class: "history" }, this.lines.map((line) => this.line(line))),
    ]);
  }

  facts(device, passedS) {
    return [
      ["line", lineText(device, passedS)],
      ["heard_last", seenText(device, passedS)],
      ["running", device.running_s === null ? "" : ageText(device.running_s + passedS)],
      ["version", device.version],
      ["paper", paperText(device)],
      ["parts", partsText(device)],
      ["sound", soundText(device)],
      ["clock", clockText(device)],
      ["last_call", heardText(device, passedS)],
    ]
      .filter(([, value]) => value)
      .map(([key, value]) => [text(`devices.${key}`), value]);
  }

  picture(device) {
    if (!device.screenshot_at) return element("p", { class: "no-picture soft", text: text("devices.screenshot_none") });
    const title = text("devices.screenshot_of", { device: device.device });
    return element(
      "figure",
      {},
      element("img", { src: screenshotAddress(device), alt: title }),
      element("figcaption", {
        class: "soft",
        text: text("devices.covered", { time: device.screenshot_at.slice(11, 16) }),
      }),
    );
  }

  acts(device) {
    const acts = ["screenshot", "reload"];
    if (device.kind === "area-board" && device.sound) {
      acts.push(device.sound === "silenced" ? "speak" : "silence");
    }
    const isAway = ["down", "missing"].includes(device.line);
    return element(
      "div",
      { class: "acts" },
      acts.map((act) =>
        element("button", {
          class: act === "screenshot" && "main",
          "data-act": act,
          disabled: isAway,
          text: text(`devices.${act}`),
          click: () => this.ask(device.device, act),
        }),
      ),
    );
  }

  line({ at, what, value, by }) {
    return element(
      "li",
      {},
      element("time", { text: at }),
      element("span", { text: historyText(what, value) }),
      by ? element("span", { class: "soft", text: by }) : null,
    );
  }

  async ask(device, act) {
    clearMessages();
    try {
      await send("POST", `/api/devices/${device}/${act}`, {});
      tellDone(text(`devices.${act}_done`, { device }));
    } catch (refused) {
      tellRefused(refused);
    }
  }

  async lookUpHistory(device) {
    // Asked for again only when the view says that something has happened.
    const wanted = `${device.device} ${device.history_at}`;
    if (wanted === this.asked) return;
    if (!this.asked.startsWith(`${device.device} `)) this.lines = [];
    this.asked = wanted;
    const lines = await send("GET", `/api/devices/${device.device}/history`).catch(() => null);
    if (lines === null || this.device?.device !== device.device) return;
    this.lines = lines;
    this.draw(this.device, 0);
  }
}

function historyText(what, value) {
  if (what === "paper" && value) return paperText({ paper: value.split(" ") });
  if (what === "parts" && value) return partsText({ parts: value.split(" ") });
  if (what === "sound" && value) return soundText({ sound: value });
  if (CHANGES.includes(what)) return text(`devices.changed_${what}`, { value: value || "–" });
  if (MOMENTS.includes(what) || ["reload", "silence", "speak", "screenshot"].includes(what)) {
    return text(`devices.${what}`);
  }
  return what;
}
