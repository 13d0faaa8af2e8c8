"""How wrong the network is: which cells should have found whom, and how far they are off.

Cells are assigned by task alignment (Feng and others, TOOD, ICCV 2021): of the cells within
somebody's box those whose own score and box fit best, and how well they fit is the score that they
should have. Every cell's score is judged by plain cross entropy: the varifocal loss, tried first,
left a third of all goods with the scores of people. Boxes are judged by GIoU (Rezatofighi and
others, CVPR 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from miseban.learn.detector.network import STRIDES

CELLS_EACH = 10
ALPHA, BETA = 0.5, 6.0
"""Powers of score and overlap in a cell's fitness."""
BOX_WEIGHT = 2.5
LARGEST_LOG = 8.0


@dataclass(frozen=True, slots=True)
class Predicted:
    """``logit`` (B, N) and ``xyxy`` (B, N, 4) pixels, of all cells of all strides; their centres
    ``at`` (N, 2) in pixels."""

    logit: Tensor
    xyxy: Tensor
    at: Tensor


def predicted(maps: Sequence[Tensor]) -> Predicted:
    """The network's maps decoded as the product decodes them."""
    logits, boxes, centres = [], [], []
    for each, stride in zip(maps, STRIDES, strict=True):
        _, _, rows, columns = each.shape
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        flat = each.float().flatten(2).transpose(1, 2)
        grid = torch.stack([x, y], -1).reshape(-1, 2).float()
        centre = (flat[..., :2] + grid) * stride
        half = flat[..., 2:4].clamp(max=LARGEST_LOG).exp() * (stride / 2)
        boxes.append(torch.cat([centre - half, centre + half], -1))
        logits.append(flat[..., 4])
        centres.append((grid + 0.5) * stride)
    return Predicted(torch.cat(logits, 1), torch.cat(boxes, 1), torch.cat(centres))


def detection_loss(seen: Predicted, boxes: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
    """Score loss and box loss. ``boxes`` (B, G, 4) pixels, zero where there is none; ``counts``
    (B, G) whether somebody must be found, else what is found there is ignored."""
    there = (boxes[..., 2:] > boxes[..., :2]).all(-1)
    must, ignored = there & counts, there & ~counts
    target, whose = _assign(seen, boxes, must)
    chosen = target > 0
    judged = chosen | ~_within(seen.at, boxes, ignored).any(1)
    total = target.sum().clamp(min=1.0)
    raw = functional.binary_cross_entropy_with_logits(seen.logit, target, reduction="none")
    score_loss = (raw * judged).sum() / total
    if not chosen.any():
        return score_loss, seen.xyxy.sum() * 0
    aim = boxes.gather(1, whose[..., None].expand(-1, -1, 4))[chosen]
    box_loss = ((1 - _giou(seen.xyxy[chosen], aim)) * target[chosen]).sum() / total
    return score_loss, BOX_WEIGHT * box_loss


@torch.no_grad()
def _assign(seen: Predicted, boxes: Tensor, must: Tensor) -> tuple[Tensor, Tensor]:
    """For each cell (B, N): the score it should have, and whom it should find. G is at least 1."""
    inside = _within(seen.at, boxes, must)
    # Who is so small that no centre lies within is given to the nearest cells.
    middle = (boxes[..., :2] + boxes[..., 2:]) / 2
    far = (seen.at[None, None] - middle[:, :, None]).square().sum(-1)
    nearest = torch.zeros_like(inside).scatter_(2, far.topk(2, 2, largest=False).indices, True)
    inside = inside | (nearest & must[..., None])
    overlap = _iou(boxes[:, :, None], seen.xyxy[:, None]) * inside
    fitness = seen.logit.sigmoid()[:, None] ** ALPHA * overlap**BETA + 1e-9 / (1 + far)
    fitness = fitness * inside
    best = torch.zeros_like(inside).scatter_(2, fitness.topk(CELLS_EACH, 2).indices, True)
    taken = best & inside
    # A cell that several want goes to the one it fits best.
    whose = torch.where(taken, overlap + 1e-6, torch.zeros_like(overlap)).argmax(1)
    mine = torch.zeros_like(taken).scatter_(1, whose[:, None], True) & taken
    fitness, overlap = fitness * mine, overlap * mine
    peak, good = fitness.amax(2, keepdim=True), overlap.amax(2, keepdim=True)
    scaled = (fitness / peak.clamp(min=1e-12) * good.clamp(min=0.05)) * mine
    return scaled.amax(1), whose


def _within(at: Tensor, boxes: Tensor, which: Tensor) -> Tensor:
    """(B, G, N) whether a cell's centre lies in a box."""
    x, y = at[:, 0], at[:, 1]
    b = boxes[..., None]
    inside = (x > b[:, :, 0]) & (x < b[:, :, 2]) & (y > b[:, :, 1]) & (y < b[:, :, 3])
    return inside & which[..., None]


def _iou(a: Tensor, b: Tensor) -> Tensor:
    shared = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(
        min=0
    )
    both = shared[..., 0] * shared[..., 1]
    area_a = (a[..., 2] - a[..., 0]) * (a[..., 3] - a[..., 1])
    area_b = (b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1])
    return both / (area_a + area_b - both).clamp(min=1e-6)


def _giou(a: Tensor, b: Tensor) -> Tensor:
    """(M,) of boxes (M, 4) pair by pair."""
    shared = (
        (torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])).clamp(min=0).prod(1)
    )
    hull = (
        (torch.maximum(a[:, 2:], b[:, 2:]) - torch.minimum(a[:, :2], b[:, :2]))
        .prod(1)
        .clamp(min=1e-6)
    )
    union = (a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - shared
    return shared / union.clamp(min=1e-6) - (hull - union) / hull
