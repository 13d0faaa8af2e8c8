// The hub's API, as any client asks it.

const meta = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? "";
const RIGHTS = new Set(meta("rights").split(" "));
export const may = (right) => RIGHTS.has(right);
export const role = meta("role");
export const pushKey = meta("push-key");

const WAIT_MS = 30000; // the hub itself gives up after 20 seconds

/** What an error of the API is: `code` for programs, `message` for people, `where` it lies; of a
    mistake in a file its `reason`, and `values` to put into words (refusals.js). */
export class Problem extends Error {
  constructor(code, status, detail, where, { reason = null, values = {} } = {}) {
    super(detail);
    Object.assign(this, { code, status, where, reason, values });
  }
}

let leaving = false;
addEventListener("pageshow", () => { leaving = false; });

/** To the log-in, and from there back here. Whatever else is refused meanwhile goes along: to go anew
    would break off the way that was begun. */
export function toLogIn() {
  if (leaving) return;
  leaving = true;
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Calls `/api/v1/PATH`. Whoever is not logged in any more is led to the log-in. */
export async function call(method, path, { query = {}, body, signal, type, headers = {} } = {}) {
  const address = new URL(`/api/v1/${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined && one !== "") address.searchParams.append(name, one);
  }
  const sent = { Accept: "application/json", ...headers };
  if (method !== "GET") sent["X-CSRF-Token"] = meta("csrf");
  if (body !== undefined) sent["Content-Type"] = type ?? "application/json";
  const text = body === undefined || type ? body : JSON.stringify(body);
  const stop = new AbortController();
  if (signal?.aborted) stop.abort(signal.reason);
  signal?.addEventListener("abort", () => stop.abort(signal.reason));
  // A network that swallows everything says nothing: who asks does not wait for it for ever.
  const timer = method === "GET" ? setTimeout(() => stop.abort(), WAIT_MS) : 0;
  let answer;
  let given;
  try {
    answer = await fetch(address, { method, headers: sent, body: text, signal: stop.signal });
    const kind = answer.headers.get("Content-Type") ?? "";
    given = answer.status === 204 ? null : kind.includes("json") ? await answer.json() : await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem("offline", 0, "");
  } finally {
    clearTimeout(timer);
  }
  if (answer.ok) return { given, etag: answer.headers.get("ETag") };
  if (answer.status === 401 && !path.startsWith("sessions") && !path.startsWith("setup")) {
    toLogIn();
    await new Promise(() => {}); // the page is leaving
  }
  const told = given ?? {};
  throw new Problem(told.code ?? "failed", answer.status, told.detail ?? answer.statusText, told.where, told);
}

export const get = async (path, query, signal) => (await call("GET", path, { query, signal })).given;
export const post = async (path, body) => (await call("POST", path, { body })).given;
export const put = async (path, body) => (await call("PUT", path, { body })).given;
export const patch = async (path, body) => (await call("PATCH", path, { body })).given;
export const remove = async (path) => (await call("DELETE", path)).given;

/** A question's answer, with `rows` as objects: {start, place, detail, coverage, MEASURE, …}, where a
    measure is {value, low, high, base}; undefined what is not told. `compare` is the same, or null. */
export async function ask(question, query, signal) {
  return tabled(await get(`questions/${question}`, query, signal));
}

export const csvAddress = (question, query) => {
  const address = new URL(`/api/v1/questions/${question}`, location.origin);
  const { compare_since, compare_until, ...plain } = query;
  for (const [name, value] of Object.entries({ ...plain, format: "csv" })) for (const one of [value].flat()) if (one) address.searchParams.append(name, one);
  return address.pathname + address.search;
};

function tabled(answer) {
  const measures = Object.entries(answer.measures);
  const rows = answer.start.map((start, n) => {
    const row = { start, place: answer.place[n], detail: answer.detail[n], coverage: answer.coverage[n] };
    for (const [name, one] of measures) row[name] = { value: one.values[n], low: one.low?.[n], high: one.high?.[n], base: one.base?.[n] };
    return row;
  });
  return { ...answer, rows, compare: answer.compare ? tabled(answer.compare) : null };
}

/** What a page cannot do without (`shop`, `shop/plan`): asked for until it comes. */
export async function steadily(path) {
  for (let wait = 500; ; wait = Math.min(10000, 2 * wait)) {
    try {
      return await get(path);
    } catch (error) {
      if (error.code !== "offline" && error.status < 500) throw error;
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}
