// Moving a ticket within its queue: by the mouse, or by the keyboard alone.
//
// From the moment a ticket is picked up, `seenEntry` says which order the nurse has seen; if
// somebody else changes it meanwhile, the server refuses and nothing is overwritten.

import { element } from "./element.js";
import { text } from "./page.js";
import { rowOf } from "./station_board.js";
import { shortName } from "./ticket_marks.js";

const DRAG_FROM_PX = 6;
const EDGE_PX = 36;
const SCROLL_PX = 14;

export class Mover {
  /** `dropped(move)` and `transferred(ticket, queue, to, seenEntry)` are called at the end. */
  constructor(board, { view, dropped, transferred, ended }) {
    Object.assign(this, { board, view, dropped, transferred, ended });
    this.move = null;
    this.press = null;
    this.place = element("li", { class: "place", role: "presentation" });
    this.hint = document.getElementById("move-hint");
  }

  get isMoving() {
    return this.move !== null;
  }

  wire() {
    this.board.addEventListener("pointerdown", (event) => this.pressed(event));
    document.addEventListener("pointermove", (event) => this.pointed(event));
    document.addEventListener("pointerup", () => this.released());
    document.addEventListener("pointercancel", () => this.cancel());
    window.addEventListener("blur", () => this.cancel());
    // The click that ends a drag opens nothing.
    this.board.addEventListener(
      "click",
      (event) => {
        if (!this.hasDragged) return;
        event.stopPropagation();
        this.hasDragged = false;
      },
      true,
    );
  }

  /** Picks a ticket up. */
  begin(ticketId, byMouse) {
    const queue = this.view().queues.find(({ tickets }) => tickets.listed.some(({ id }) => id === ticketId));
    if (!queue) return;
    const listed = queue.tickets.listed;
    const ticket = listed.find(({ id }) => id === ticketId);
    const others = listed.filter(({ id }) => id !== ticketId);
    const origin = listed.indexOf(ticket);
    const lastStandby = others.findLastIndex(({ state }) => state === "standby");
    const first = ticket.kind === "emergency" ? 0 : lastStandby + 1;
    const seenEntry = this.view().entry_count;
    this.move = { ticket, queue, others, origin, first, index: origin, byMouse, seenEntry, to: null };
    this.list = rowOf(this.board, ticketId).parentElement;
    rowOf(this.board, ticketId).classList.add("is-picked");
    for (const { id } of others.slice(0, first)) rowOf(this.board, id).classList.add("is-forbidden");
    this.board.classList.add("is-moving");
    this.hint.hidden = byMouse;
    this.hint.replaceChildren(
      `${shortName(ticket)}　`,
      ...["↑", "↓"].map((key) => element("kbd", { text: key })),
      ` ${text("move.choose")}　`,
      element("kbd", { text: "Enter" }),
      ` ${text("move.drop")}　`,
      element("kbd", { text: "Esc" }),
      ` ${text("move.leave")}`,
    );
    this.showPlace();
  }

  /** Takes a key while something is picked up. */
  key(event) {
    const last = this.move.others.length;
    const { index } = this.move;
    const places = { ArrowUp: index - 1, ArrowDown: index + 1, Home: this.move.first, End: last };
    if (event.key in places) {
      this.move.index = Math.min(last, Math.max(0, places[event.key]));
      this.showPlace();
    } else if (event.key === "Enter") this.drop();
    else if (event.key === "Escape") this.cancel();
    event.preventDefault();
  }

  showPlace() {
    const { others, index, first, to } = this.move;
    for (const column of this.board.children) {
      column.classList.toggle("is-transfer-target", column.dataset.key === to);
    }
    if (to !== null) {
      this.place.remove();
      return;
    }
    const isForbidden = index < first;
    this.place.classList.toggle("is-forbidden", isForbidden);
    const behind = others[index - 1]?.number;
    this.place.textContent = isForbidden
      ? text("move.forbidden")
      : behind
        ? text("move.behind", { number: behind })
        : text("move.front");
    const next = others[index] ? rowOf(this.board, others[index].id) : null;
    this.list.insertBefore(this.place, next);
    if (!this.move.byMouse) this.place.scrollIntoView({ block: "nearest" });
  }

  /** Lets go here: asks for what follows, or does nothing where it stood. */
  drop() {
    const { ticket, queue, others, origin, index, first, seenEntry, to } = this.move;
    const isForbidden = to === null && index < first;
    if (isForbidden && !this.move.byMouse) return;
    this.finish();
    if (to !== null) this.transferred(ticket, queue.name.id, to, seenEntry);
    else if (index !== origin && others.length > 0 && !isForbidden) {
      const beside = index > 0 ? { after: others[index - 1].id } : { before: others[0].id };
      const number = others[Math.max(0, index - 1)].number;
      this.dropped({ ticket, queue: queue.name.id, beside, number, isFront: index === 0, seenEntry });
    }
  }

  cancel() {
    this.press = null;
    if (this.isMoving) this.finish();
  }

  finish() {
    this.place.remove();
    this.ghost?.remove();
    this.ghost = null;
    clearInterval(this.scrolling);
    for (const row of this.board.querySelectorAll(".is-picked, .is-forbidden")) {
      row.classList.remove("is-picked", "is-forbidden");
    }
    for (const column of this.board.children) column.classList.remove("is-transfer-target");
    this.board.classList.remove("is-moving");
    this.hint.hidden = true;
    this.press = null;
    this.move = null;
    this.ended();
  }

  // --- the mouse ---

  pressed(event) {
    this.hasDragged = false;
    const row = event.target.closest(".row");
    // A finger scrolls the list.
    if (!row || event.button !== 0 || event.pointerType === "touch" || this.isMoving) return;
    this.press = { ticketId: row.dataset.key, x: event.clientX, y: event.clientY };
  }

  pointed(event) {
    if (!this.press) return;
    const { x, y, ticketId } = this.press;
    if (!this.isMoving) {
      if (Math.hypot(event.clientX - x, event.clientY - y) < DRAG_FROM_PX) return;
      this.begin(ticketId, true);
      if (!this.isMoving) return;
      this.hasDragged = true;
      this.ghost = element("div", { class: "ghost", text: shortName(this.move.ticket) });
      document.body.append(this.ghost);
      this.scrolling = setInterval(() => this.scrollAtEdge(), 30);
    }
    this.pointer = { x: event.clientX, y: event.clientY };
    this.ghost.style.transform = `translate(${event.clientX + 14}px, ${event.clientY + 10}px)`;
    this.point();
    event.preventDefault();
  }

  point() {
    const under = document.elementFromPoint(this.pointer.x, this.pointer.y)?.closest(".queue");
    const own = this.move.queue.name.id;
    this.move.to = under && under.dataset.key !== own ? under.dataset.key : null;
    this.move.index = this.move.others.filter(({ id }) => {
      const box = rowOf(this.board, id).getBoundingClientRect();
      return this.pointer.y > box.top + box.height / 2;
    }).length;
    this.showPlace();
  }

  scrollAtEdge() {
    const box = this.list.getBoundingClientRect();
    if (this.pointer.y < box.top + EDGE_PX) this.list.scrollTop -= SCROLL_PX;
    else if (this.pointer.y > box.bottom - EDGE_PX) this.list.scrollTop += SCROLL_PX;
  }

  released() {
    if (this.isMoving && this.press) this.drop();
    this.press = null;
  }
}
