// What somebody is about to change: a copy of every table, compared with the file and with what holds.

import { same } from "./policies_words.js";

const nameOf = (level, of) => `${level}/${of}`;

export class Draft {
  constructor(view) {
    this.view = view;
    this.returnsTo = null;
    this.reset();
  }

  reset() {
    this.returnsTo = null;
    this.own = new Map(this.view.tables.map((table) => [nameOf(table.level, table.of), { ...table.own }]));
  }

  table(level, of) {
    return this.view.tables.find((one) => one.level === level && one.of === of);
  }

  /** Returns the value of its own; undefined: none. */
  value(table, key) {
    return this.own.get(nameOf(table.level, table.of))[key];
  }

  /** Returns what the level above gives, and which one that is (null: the default). */
  inherited(table, key) {
    const above = table.level === "queue" ? [this.table("area", table.area), this.table("hospital", "")] : table.level === "area" ? [this.table("hospital", "")] : [];
    for (const one of above) {
      const value = this.value(one, key);
      if (value !== undefined) return { value, from: one };
    }
    return { value: this.view.keys.find((one) => one.key === key).default, from: null };
  }

  set(table, key, value) {
    const own = this.own.get(nameOf(table.level, table.of));
    this.returnsTo = null;
    if (value === null) delete own[key];
    else own[key] = value;
  }

  /** Takes over what differs from the file in a version; those of `mayEdit` tables only. */
  takeOver(version) {
    for (const table of this.view.tables) {
      if (!table.may_edit) continue;
      const own = { ...table.file };
      for (const one of version.changes.filter((each) => each.level === table.level && each.of === table.of)) {
        if (one.after === null) delete own[one.key];
        else own[one.key] = one.after;
      }
      this.own.set(nameOf(table.level, table.of), own);
    }
    this.returnsTo = version.number;
  }

  /** Takes over what differs in a former draft: the rules it was made on have moved. */
  again(former) {
    for (const { level, of, key, after } of former.differences()) {
      const table = this.table(level, of);
      if (table?.may_edit) this.set(table, key, after);
    }
  }

  /** Returns what differs from what holds now. */
  differences() {
    return this.compared((table) => table.own);
  }

  /** Returns what differs from the site file, as the server takes it. */
  changes() {
    return this.compared((table) => table.file).map(({ level, of, key, after }) => ({ level, of, key, value: after }));
  }

  compared(base) {
    return this.view.tables.flatMap((table) =>
      this.view.keys
        .filter(({ key }) => !same(base(table)[key], this.value(table, key)))
        .map(({ key }) => ({ level: table.level, of: table.of, key, before: base(table)[key] ?? null, after: this.value(table, key) ?? null })),
    );
  }
}
