// What the screens of the nurse's areas show: a small picture of each, while the panel is open.

import { element, refill } from "./element.js";
import { both, send, text } from "./page.js";

const LOOK_MS = 4000;

export class ScreensPanel {
  /** `station` has `area()`; `button` opens `host`. */
  constructor(host, button, station) {
    Object.assign(this, { host, button, station });
    this.screens = null;
    this.isAway = false;
    this.timer = 0;
    button.addEventListener("click", () => this.toggle());
  }

  toggle() {
    this.host.hidden = !this.host.hidden;
    this.button.setAttribute("aria-expanded", String(!this.host.hidden));
    clearInterval(this.timer);
    if (this.host.hidden) {
      this.button.focus();
      return;
    }
    this.draw();
    this.look();
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.host.querySelector("button")?.focus();
  }

  close() {
    if (!this.host.hidden) this.toggle();
  }

  /** Asks each screen for a new picture, and shows those that have come. */
  async look() {
    const screens = await send("POST", "/api/station/screens", {}).catch(() => null);
    this.isAway = screens === null;
    this.screens = screens ?? this.screens;
    this.draw();
  }

  draw() {
    if (this.host.hidden) return;
    const area = this.station.area();
    const shown = this.screens?.filter((one) => !area || one.area === area) ?? null;
    refill(this.host, [shown, this.isAway], () => [
      element("h2", { text: text("screens.title") }),
      element("p", { class: "soft", text: text("screens.lead") }),
      this.isAway ? element("p", { role: "alert", text: text("screens.away") }) : null,
      shown?.length === 0 ? element("p", { text: text("screens.none") }) : null,
      element("ol", {}, (shown ?? []).map((one) => element("li", { "data-screen": one.device }, this.screen(one)))),
      element("button", {
        class: "quiet close",
        "aria-label": text("dialog.close"),
        text: "✕",
        click: () => this.close(),
      }),
    ]);
  }

  screen(one) {
    const place = both(one, "place");
    const isUp = one.line === "up";
    const said = [text(`screens.${one.kind}`), isUp ? "" : text(`screens.${one.line}`)].filter(Boolean).join(" · ");
    const picture = one.taken_at
      ? element("img", {
          src: `/api/station/screens/${one.device}/picture?at=${encodeURIComponent(one.taken_at)}`,
          alt: text("screens.of", { place }),
        })
      : element("div", { class: "no-picture soft", text: text(isUp ? "screens.coming" : "screens.no_picture") });
    return element(
      "figure",
      { class: isUp ? null : "is-away" },
      picture,
      element(
        "figcaption",
        {},
        element("strong", { text: place }),
        element("span", { class: isUp ? "soft" : "trouble", text: said }),
        one.taken_text ? element("time", { class: "soft", text: one.taken_text }) : null,
      ),
    );
  }
}
