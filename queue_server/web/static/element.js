// Makes and reuses elements; texts are set as text, never as HTML.

/** Makes an element. Attributes that are functions become listeners (`click`), `null` is left out. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "text") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/**
 * Makes the children of `parent` those of `items`, in order, and keeps an element whose key is
 * still there. `update(child, item)` fills it.
 */
export function reconcile(parent, items, keyOf, make, update) {
  const present = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    let child = present.get(key);
    present.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const gone of present.values()) gone.remove();
}

/**
 * Fills `child` with `make()` only when what it shows has changed. The keyboard stays where it was:
 * on the part that is now in the place of the one it was on.
 */
export function refill(child, shown, make) {
  const written = JSON.stringify(shown);
  if (child.dataset.shown === written) return;
  child.dataset.shown = written;
  const held = heldPart(child);
  child.replaceChildren(...make().filter((part) => part !== null));
  if (held !== null) giveBack(child, held);
}

const PRESSED = "button, a[href], input, select, textarea, summary";
// Of parts whose buttons rest while something is on its way: where the keyboard was.
const resting = new WeakMap();

/** Returns which part of `child` has the keyboard, or had it until all of them rested. */
function heldPart(child) {
  const parts = [...child.querySelectorAll(PRESSED)];
  const index = parts.indexOf(document.activeElement);
  if (index >= 0) return { index, name: nameOf(parts[index]) };
  return document.activeElement === document.body ? (resting.get(child) ?? null) : null;
}

function giveBack(child, held) {
  const parts = [...child.querySelectorAll(PRESSED)];
  const same = parts.find((part) => nameOf(part) === held.name) ?? parts[held.index];
  const place = [same, ...parts].find((part) => part && !part.disabled);
  place?.focus({ preventScroll: true });
  if (place) resting.delete(child);
  else resting.set(child, held);
}

function nameOf(part) {
  return JSON.stringify([part.tagName, part.id, { ...part.dataset, shown: null }]);
}
