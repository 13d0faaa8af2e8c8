// What one more till would change: the mean wait of a queue by Erlang's C formula (A. K. Erlang, 1917).

/** Mean wait in seconds of `rate` people an hour served `service_s` seconds each by `tills`; null where
    they come faster than they are served: then the queue grows, and a mean says nothing. */
export function erlangWait(rate, service_s, tills) {
  const load = (rate * service_s) / 3600;
  if (load <= 0) return 0;
  if (load >= tills) return null;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < tills; n++) {
    term *= load / n;
    sum += term;
  }
  const last = ((term * load) / tills) * (tills / (tills - load));
  const waits = last / (sum + last);
  return (waits * service_s) / (tills - load);
}

/** The wait with one more till, from what was really waited: `waited_s` shrinks as the formula's does
    between the number of tills that explains it best and one more. */
export function withOneMore(rate, service_s, waited_s) {
  const load = (rate * service_s) / 3600;
  let best = null;
  for (let tills = Math.max(1, Math.floor(load) + 1); tills <= Math.ceil(load) + 12; tills++) {
    const wait = erlangWait(rate, service_s, tills);
    if (wait === null) continue;
    if (best === null || Math.abs(wait - waited_s) < Math.abs(best.wait - waited_s)) best = { tills, wait };
  }
  if (!best || best.wait <= 0) return waited_s;
  return waited_s * Math.min(1, erlangWait(rate, service_s, best.tills + 1) / best.wait);
}
