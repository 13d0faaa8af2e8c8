// The drawings as they are being changed: undo, redo, and what has to be set in the shop file.

const KEYS = { line: "points", zone: "polygon", fixture: "polygon", facing: "polygon" };
const LISTS = ["camera", "line", "zone", "shelf", "fixture", "till"];
const MOST = 200; // steps that can be undone

export const NEEDS = { line: 2 }; // points at least, where it is not three
export const pointsOf = (shape) => shape.table[KEYS[shape.kind]];
export const isClosed = (shape) => shape.kind !== "line";
export const nameOf = (table) => table.name ?? table.id;

export class Model {
  /** `drawings` as the API gives them. `changed()` is told after every change. */
  constructor(drawings, changed) {
    this.changed = changed;
    this.load(drawings);
  }

  load(drawings) {
    this.etag = drawings.etag;
    this.toPixel = drawings.to_pixel;
    this.base = whole(drawings.shop);
    this.now = structuredClone(this.base);
    this.done = [];
    this.undone = [];
  }

  get floor() { return this.now.shop.floor ?? null; }
  get cameras() { return this.now.camera; }

  /** All shapes on the plan (`camera` null) or on a camera's picture: {kind, id, table, shelf}. */
  shapes(camera) {
    const found = [];
    const here = (one) => (one.camera ?? null) === camera;
    for (const kind of ["zone", "line"]) for (const table of this.now[kind].filter(here)) found.push({ kind, id: table.id, table, shelf: null });
    if (camera === null) for (const table of this.now.fixture) found.unshift({ kind: "fixture", id: table.id, table, shelf: null });
    for (const shelf of this.now.shelf.filter(here)) for (const table of shelf.facing) found.push({ kind: "facing", id: table.id, table, shelf: shelf.id });
    return found;
  }

  find({ kind, id, shelf }, camera) {
    return this.shapes(camera).find((one) => one.kind === kind && one.id === id && one.shelf === (shelf ?? null)) ?? null;
  }

  /** Runs `change(now)` as one step that can be undone. */
  step(change) {
    const before = JSON.stringify(this.now);
    change(this.now);
    if (JSON.stringify(this.now) === before) return;
    this.done.push(before);
    if (this.done.length > MOST) this.done.shift();
    this.undone = [];
    this.changed();
  }

  undo() { this.swap(this.done, this.undone); }
  redo() { this.swap(this.undone, this.done); }
  swap(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify(this.now));
    this.now = JSON.parse(from.pop());
    this.changed();
  }

  setPoints(shape, points) {
    this.step((now) => { tableIn(now, shape)[KEYS[shape.kind]] = points; });
  }
  set(shape, key, value) {
    this.step((now) => {
      const table = tableIn(now, shape);
      if (value === undefined || value === "") delete table[key];
      else table[key] = value;
    });
  }

  /** The zones that may be before the shelf of a facing, and the id of the one that is, also of one that is gone:
      that of the shelf's id where it names none, and then there is always one. */
  before({ shelf }) {
    const zones = this.now.zone.filter((one) => one.kind !== "private");
    const always = zones.some((one) => one.id === shelf);
    return {
      zones, always, zone: this.now.shelf.find((one) => one.id === shelf).zone ?? (always ? shelf : null),
      set: (id) => this.step((now) => {
        const table = now.shelf.find((one) => one.id === shelf);
        if (id && id !== shelf) table.zone = id;
        else delete table.zone;
      }),
    };
  }

  add(kind, table, shelf = null) {
    this.step((now) => {
      if (kind !== "facing") return now[kind].push(table);
      const { camera, ...facing } = table;
      const on = now.shelf.find((one) => one.id === shelf);
      if (on) on.facing.push(facing);
      else now.shelf.push({ id: shelf, camera, facing: [facing] });
    });
  }

  remove(shape) {
    this.step((now) => {
      if (shape.kind !== "facing") now[shape.kind] = now[shape.kind].filter((one) => one.id !== shape.id);
      else {
        const shelf = now.shelf.find((one) => one.id === shape.shelf);
        shelf.facing = shelf.facing.filter((one) => one.id !== shape.id);
        if (!shelf.facing.length) now.shelf = now.shelf.filter((one) => one !== shelf); // a shelf has one at least
      }
    });
  }

  /** An id that nothing of that kind has: "zone-4". */
  freeId(kind, shelf = null) {
    const rows = kind === "facing" ? this.now.shelf.find((one) => one.id === shelf)?.facing ?? [] : this.now[kind];
    const taken = new Set(rows.map((one) => one.id));
    let n = rows.length + 1;
    while (taken.has(`${kind}-${n}`)) n += 1;
    return `${kind}-${n}`;
  }

  /** What PATCH /shop/file is to do. */
  edits() { return editsBetween(this.base, this.now); }

  /** The file was set by somebody else: the same changes on top of what it says now. */
  rebase(drawings) {
    const mine = this.edits();
    this.load(drawings);
    this.step((now) => {
      for (const edit of mine) apply(now, edit);
      now.shelf = now.shelf.filter((one) => one.facing.length); // gone meanwhile, whatever I set about it
    });
  }
}

function whole(shop) {
  const found = structuredClone(shop);
  for (const key of LISTS) found[key] ??= [];
  return found;
}

function tableIn(now, shape) {
  if (shape.kind !== "facing") return now[shape.kind].find((one) => one.id === shape.id);
  return now.shelf.find((one) => one.id === shape.shelf).facing.find((one) => one.id === shape.id);
}

const bare = ({ facing, ...table }) => table;
const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (table) => Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));

function editsBetween(base, now) {
  const found = [];
  if (!same(base.shop.floor ?? {}, now.shop.floor ?? {})) found.push({ kind: "floor", id: "shop", put: now.shop.floor, shelf: null });
  for (const kind of LISTS) found.push(...rows(kind, base[kind], now[kind], null));
  for (const shelf of now.shelf) {
    const before = base.shelf.find((one) => one.id === shelf.id)?.facing ?? [];
    found.push(...rows("facing", before, shelf.facing, shelf.id));
  }
  return found;
}

function rows(kind, before, after, shelf) {
  const old = new Map(before.map((one) => [one.id, one]));
  const found = [];
  for (const one of after) {
    if (!old.has(one.id) || !same(bare(old.get(one.id)), bare(one))) found.push({ kind, id: one.id, put: bare(one), shelf });
    old.delete(one.id);
  }
  for (const id of old.keys()) found.push({ kind, id, put: null, shelf });
  return found;
}

function apply(now, { kind, id, put, shelf }) {
  if (kind === "floor") { now.shop.floor = put; return; }
  const list = kind === "facing" ? now.shelf.find((one) => one.id === shelf)?.facing : now[kind];
  if (!list) return;
  const at = list.findIndex((one) => one.id === id);
  if (put === null) { if (at >= 0) list.splice(at, 1); }
  else if (at < 0) list.push(kind === "shelf" ? { ...put, facing: [] } : put);
  else list[at] = kind === "shelf" ? { ...put, facing: list[at].facing } : put;
}
