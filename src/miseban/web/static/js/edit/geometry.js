// Shapes as lists of [x, y], x to the right and y down: what is wrong with one, and where it snaps.

export const distance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);
export const middle = ([ax, ay], [bx, by]) => [(ax + bx) / 2, (ay + by) / 2];
export const centre = (points) => [0, 1].map((axis) => {
  const all = points.map((point) => point[axis]);
  return (Math.min(...all) + Math.max(...all)) / 2;
});
/** The edges of a shape, as pairs of points. */
export const edges = (points, closed) => points.map((point, n) => [point, points[(n + 1) % points.length]]).slice(0, closed ? points.length : points.length - 1);

/** Where two edges meet, or null. */
function meet([a, b], [c, d]) {
  const cross = (p, q) => p[0] * q[1] - p[1] * q[0];
  const r = [b[0] - a[0], b[1] - a[1]];
  const s = [d[0] - c[0], d[1] - c[1]];
  const across = cross(r, s);
  if (Math.abs(across) < 1e-12) return null;
  const from = [c[0] - a[0], c[1] - a[1]];
  const t = cross(from, s) / across;
  const u = cross(from, r) / across;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? [a[0] + t * r[0], a[1] + t * r[1]] : null;
}

/** What is wrong with a shape: {what: "few" | "twice" | "flat" | "crosses", at: [x, y] | null}; or null. */
export function mistake(points, closed) {
  if (points.length < (closed ? 3 : 2)) return { what: "few", at: null };
  const all = edges(points, closed);
  const twice = all.find(([a, b]) => a[0] === b[0] && a[1] === b[1]);
  if (twice) return { what: "twice", at: twice[0] };
  for (let i = 0; i < all.length; i++) {
    for (let j = i + 2; j < all.length; j++) {
      if (closed && i === 0 && j === all.length - 1) continue; // neighbours
      const at = meet(all[i], all[j]);
      if (at) return { what: "crosses", at };
    }
  }
  if (closed && Math.abs(area(points)) < 1e-9) return { what: "flat", at: points[0] };
  return null;
}

export function area(points) {
  return edges(points, true).reduce((sum, [[ax, ay], [bx, by]]) => sum + (ax * by - bx * ay) / 2, 0);
}

export function inside([x, y], points) {
  let within = false;
  for (const [[ax, ay], [bx, by]] of edges(points, true)) {
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) within = !within;
  }
  return within;
}

export function distanceToEdge(point, [a, b]) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const t = length ? Math.min(1, Math.max(0, ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length)) : 0;
  return distance(point, [a[0] + t * dx, a[1] + t * dy]);
}
export const distanceTo = (point, points, closed) => Math.min(...edges(points, closed).map((edge) => distanceToEdge(point, edge)));

/** `point`, or a place within `reach` of it: a point that is there already (`others`), else a right angle
    with the neighbours (`before`, `after`: lists of the next two points on that side, nearest first). */
export function snapped(point, { others = [], before = [], after = [], reach, angles = true }) {
  const near = others.map((one) => [distance(one, point), one]).filter(([far]) => far <= reach).sort(([a], [b]) => a - b)[0];
  if (near) return [...near[1]];
  if (!angles) return point;
  const found = [...point];
  for (const [beside, beyond] of [before, after]) {
    if (!beside) continue;
    // Square to the edge before it, where there is one; else level or upright.
    const square = beyond && squared(point, beside, beyond);
    if (square && distance(square, point) <= reach) return square;
    for (const axis of [0, 1]) if (Math.abs(found[axis] - beside[axis]) <= reach) found[axis] = beside[axis];
  }
  return found;
}

/** The place nearest to `point` from which the edge to `beside` stands square on that to `beyond`. */
function squared(point, beside, beyond) {
  const along = [beside[0] - beyond[0], beside[1] - beyond[1]];
  const length = Math.hypot(...along);
  if (!length) return null;
  const across = [-along[1] / length, along[0] / length];
  const far = (point[0] - beside[0]) * across[0] + (point[1] - beside[1]) * across[1];
  return [beside[0] + far * across[0], beside[1] + far * across[1]];
}

/** A place through a matrix (3, 3); null behind the lens. */
export function through(matrix, [x, y]) {
  const [u, v, w] = matrix.map(([a, b, c]) => a * x + b * y + c);
  return w > 1e-9 ? [u / w, v / w] : null;
}

/** `points` moved by [x, y], all of them and no farther than `size` lets them. */
export function together(points, by, size) {
  const far = by.map((value, axis) => {
    const along = points.map((point) => point[axis]);
    return Math.min(Math.max(value, -Math.min(...along)), size[axis] - Math.max(...along));
  });
  return points.map((point) => point.map((value, axis) => value + far[axis]));
}
