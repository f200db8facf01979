// Which room the doctor sits in today: chosen once in the morning, shown on all boards.

import { askChoice } from "./dialogs.js";
import { both, text } from "./page.js";

/** Asks for one of the rooms in which nobody is today; returns its id, or null. */
export function askRoom(rooms) {
  const free = rooms.filter((room) => room.is_free && !room.is_own);
  const options = free.map((room) => ({
    value: room.id,
    label: both(room, "room"),
    extra: text("console.room_usual", { doctor: both(room, "doctor") }),
  }));
  return askChoice(text(free.length ? "console.room_title" : "console.room_none"), options, text("console.room_take"));
}
