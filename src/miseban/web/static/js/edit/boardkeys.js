// The board by keyboard: points are put and moved, whole shapes too.

import { t } from "../words.js";
import { middle } from "./geometry.js";
import { isClosed, NEEDS, pointsOf } from "./model.js";

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function pressed(board, event) {
  const by = MOVES[event.key]?.map((value) => value * board.step * (event.shiftKey ? 10 : 1));
  const handle = event.target.closest(".handle");
  if (event.target === board.svg) return board.tool ? drawing(board, event, by) : board.chosen && by && moved(board, event, by);
  if (handle && board.chosen) point(board, event, by, Number(handle.dataset.n));
}

function drawing(board, event, by) {
  if (by) board.at = board.fit(board.at.map((value, axis) => value + by[axis] * 5));
  else if (event.key === "Enter") board.put(board.fit(board.at));
  else if (event.key === "Backspace") board.points.pop();
  else if (event.key === "Escape") board.draws(null);
  else return;
  event.preventDefault();
  if (by) board.tell.say(board.write(board.at));
  board.draw();
}

/** The whole shape, as it is. */
function moved(board, event, by) {
  event.preventDefault();
  const points = board.shifted(pointsOf(board.chosen), by);
  board.tell.moved(board.chosen, points);
  board.tell.say(board.write(points[0]));
}

function point(board, event, by, n) {
  const closed = isClosed(board.chosen);
  const points = [...pointsOf(board.chosen)];
  if (by) points[n] = board.fit(points[n].map((value, axis) => value + by[axis]));
  else if (event.key === "Enter") {
    const last = !closed && n === points.length - 1;
    const added = last ? middle(points[n - 1], points[n]) : middle(points[n], points[(n + 1) % points.length]);
    points.splice(last ? n : n + 1, 0, board.fit(added));
  } else if (event.key === "Delete" || event.key === "Backspace") {
    if (points.length <= (NEEDS[board.chosen.kind] ?? 3)) return board.tell.say(t("draw.least"));
    points.splice(n, 1);
  } else return;
  event.preventDefault();
  board.tell.moved(board.chosen, points);
  const focus = event.key === "Enter" ? n + 1 : Math.min(n, points.length - 1);
  board.layers.handles.querySelector(`[data-n="${focus}"]`)?.focus();
  if (points[focus]) board.tell.say(board.write(points[focus]));
}
