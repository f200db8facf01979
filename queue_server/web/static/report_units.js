// How durations are written: minutes, of which people speak.

/** Returns seconds as minutes with one decimal; a dash for none. */
export function minutes(seconds) {
  return seconds === null ? "–" : (seconds / 60).toFixed(1);
}

/** Returns seconds as whole minutes; a dash for none. */
export function wholeMinutes(seconds) {
  return seconds === null ? "–" : String(Math.round(seconds / 60));
}

/** Returns a round step so that at most `count` of them reach `most`. */
export function stepFor(most, count) {
  const steps = [1, 2, 5, 10, 20, 30, 60, 100, 120, 200, 300, 500, 1000, 2000, 5000];
  return steps.find((step) => most / step <= count) ?? steps.at(-1);
}
