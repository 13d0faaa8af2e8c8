// The hub's clock. This machine's own may be wrong, or set while a page is open: what is today, and
// how old something is, is told by the hub's alone.

const began = Number(document.documentElement.dataset.now);
let ahead = Date.now() - began; // ms by which this machine's clock is ahead of the hub's

/** The moment that it is for the hub, ms since 1970. */
export const hubNow = () => Date.now() - ahead;

/** The hub said that it is `moment` (ISO 8601). */
export function hubSays(moment) {
  ahead = Date.now() - Date.parse(moment);
}

/** How much time has passed, whatever is done to the clock: a function that tells ms since it was
    made or last called with `true`. A sleep counts, and so does a clock that was set: either way
    nobody knows what happened meanwhile. */
export function elapsed() {
  let [steady, wall] = [performance.now(), Date.now()];
  return (again = false) => {
    const passed = Math.max(performance.now() - steady, Math.abs(Date.now() - wall));
    if (again) [steady, wall] = [performance.now(), Date.now()];
    return passed;
  };
}
