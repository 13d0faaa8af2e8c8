"""What the network is shown: parts of pictures at every scale, in mosaics, people pasted in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.learn.detector.cutouts import CutOut
from miseban.learn.detector.teacher import Taught
from miseban.learn.pictures.folder import Labelled
from miseban.vision.detectors.letterbox import PADDING

Rng = np.random.Generator
MOSAIC, WHOLE, PASTE = 0.40, 0.35, 0.30
"""Shares of mosaics, of pictures shown whole as the camera loop does, and with people pasted in."""
CLIPS, EMPTY = 0.28, 0.15
"""Shares of labelled frames and of pictures without people; the rest is drawn."""
COUNTS = 0.30
"""Visible share from which somebody must be found; below it finding them is neither right nor
wrong."""
LEAST_PX = 9.0
TALLEST, SMALLEST = 1.1, 16.0
"""Heights that people are scaled to: of the sample's, and in pixels."""


@dataclass(frozen=True, slots=True)
class Sample:
    """``picture`` (H, W, 3) uint8 BGR; ``xyxy`` (N, 4) pixels; ``counts`` (N,): the others are to
    be ignored."""

    picture: NDArray[np.uint8]
    xyxy: NDArray[np.float32]
    counts: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything to learn from: drawn pictures on disk, labelled frames in memory (a list for each
    clip), pictures without people, and cut-out people."""

    drawn: Sequence[Labelled]
    clips: Sequence[Sequence[Taught]] = ()
    empty: Sequence[NDArray[np.uint8]] = ()
    cut_outs: Sequence[CutOut] = ()

    def sample(self, rng: Rng, size: tuple[int, int]) -> Sample:
        """One sample of ``size`` (width, height), all of it decided by ``rng``."""
        made = (self._mosaic if rng.random() < MOSAIC else self._view)(rng, size)
        picture = _photometric(rng, made.picture)
        if rng.random() < 0.5:
            picture = np.ascontiguousarray(picture[:, ::-1])
            made.xyxy[:, [0, 2]] = size[0] - made.xyxy[:, [2, 0]]
        return Sample(picture, made.xyxy, made.counts)

    def _mosaic(self, rng: Rng, size: tuple[int, int]) -> Sample:
        width, height = size
        x, y = int(width * rng.uniform(0.3, 0.7)), int(height * rng.uniform(0.3, 0.7))
        canvas = np.empty((height, width, 3), np.uint8)
        boxes, counts = [], []
        for left, top, right, bottom in (
            (0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height),
        ):  # fmt: skip
            part = self._view(rng, (right - left, bottom - top))
            canvas[top:bottom, left:right] = part.picture
            boxes.append(part.xyxy + np.array([left, top, left, top], np.float32))
            counts.append(part.counts)
        return Sample(canvas, np.concatenate(boxes), np.concatenate(counts))

    def _view(self, rng: Rng, size: tuple[int, int]) -> Sample:
        picture, xyxy, visibility, real = self._source(rng)
        made = _window(rng, picture, xyxy, visibility, size)
        if self.cut_outs and not (real and len(xyxy)) and rng.random() < PASTE:
            made = self._with_cut_outs(rng, made)
        return made

    def _source(
        self, rng: Rng
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.float32], bool]:
        kind = rng.random()
        if self.clips and kind < CLIPS:
            clip = self.clips[int(rng.integers(len(self.clips)))]
            taught = clip[int(rng.integers(len(clip)))]
            return taught.picture, taught.xyxy, taught.visibility, True
        if self.empty and kind < CLIPS + EMPTY:
            picture = self.empty[int(rng.integers(len(self.empty)))]
            return picture, np.empty((0, 4), np.float32), np.empty(0, np.float32), True
        drawn = self.drawn[int(rng.integers(len(self.drawn)))]
        read = cv2.imread(str(drawn.path))
        if read is None:
            raise OSError(f"{drawn.path}: cannot be read as a picture")
        return np.asarray(read, np.uint8), drawn.xyxy, drawn.visibility, False

    def _with_cut_outs(self, rng: Rng, sample: Sample) -> Sample:
        picture = sample.picture.copy()
        height, width = picture.shape[:2]
        xyxy, counts = list(sample.xyxy), list(sample.counts)
        for _ in range(int(rng.integers(1, 4))):
            cut = self.cut_outs[int(rng.integers(len(self.cut_outs)))]
            tall = float(np.exp(rng.uniform(np.log(SMALLEST * 1.3), np.log(height * 1.1))))
            scale = tall / cut.alpha.shape[0]
            wide = max(4, round(cut.alpha.shape[1] * scale * rng.uniform(0.88, 1.12)))
            high = max(8, round(tall))
            body = cv2.resize(cut.picture, (wide, high), interpolation=cv2.INTER_AREA)
            alpha = cv2.resize(cut.alpha, (wide, high), interpolation=cv2.INTER_AREA)
            body = _photometric(rng, np.asarray(body, np.uint8), 0.8)
            if rng.random() < 0.5:
                body, alpha = body[:, ::-1], alpha[:, ::-1]
            x = int(rng.uniform(-0.3 * wide, width - 0.7 * wide))
            y = int(rng.uniform(-0.2 * high, height - 0.6 * high))
            left, top, right, bottom = (
                max(0, x),
                max(0, y),
                min(width, x + wide),
                min(height, y + high),
            )
            if right - left < 4 or bottom - top < 8:
                continue
            share = (right - left) * (bottom - top) / (wide * high)
            box = np.array([left, top, right, bottom], np.float32)
            hidden = _hidden(np.array(xyxy, np.float32).reshape(-1, 4), box)
            if (hidden > 0.6).any():
                continue
            part = (
                np.asarray(alpha, np.float32)[top - y : bottom - y, left - x : right - x, None]
                / 255
            )
            seen = picture[top:bottom, left:right]
            mixed = seen * (1 - part) + body[top - y : bottom - y, left - x : right - x] * part
            picture[top:bottom, left:right] = mixed.astype(np.uint8)
            xyxy.append(box)
            counts.append(np.bool_(share >= COUNTS))
        return Sample(
            picture, np.array(xyxy, np.float32).reshape(-1, 4), np.array(counts, np.bool_)
        )


def _hidden(boxes: NDArray[np.float32], by: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N,) the share of each box that ``by`` covers."""
    low, high = np.maximum(boxes[:, :2], by[:2]), np.minimum(boxes[:, 2:], by[2:])
    area = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    share: NDArray[np.float32] = (high - low).clip(min=0).prod(axis=1) / np.maximum(area, 1)
    return share


def _window(
    rng: Rng,
    picture: NDArray[np.uint8],
    xyxy: NDArray[np.float32],
    visibility: NDArray[np.float32],
    size: tuple[int, int],
) -> Sample:
    """A part of a picture, scaled so that somebody is as tall as chance wills, or all of it."""
    width, height = size
    high, wide = picture.shape[:2]
    fit = min(width / wide, height / high)
    clear = np.flatnonzero(visibility >= COUNTS)
    if rng.random() < WHOLE:
        scale, x, y = fit, 0.0, 0.0
    else:
        if len(clear) and rng.random() < 0.85:
            box = xyxy[clear[int(rng.integers(len(clear)))]]
            tall = np.exp(rng.uniform(np.log(SMALLEST), np.log(TALLEST * height)))
            scale = float(np.clip(tall / max(box[3] - box[1], 1), 0.7 * fit, 3.0))
            at = (box[:2] + box[2:]) / 2
        else:
            scale = float(np.exp(rng.uniform(np.log(0.85 * fit), np.log(max(1.4, fit)))))
            at = rng.uniform((0, 0), (wide, high))
        x = at[0] * scale - rng.uniform(0.15, 0.85) * width
        y = at[1] * scale - rng.uniform(0.15, 0.85) * height
        # Rather see the picture than its border.
        x = float(np.clip(x, min(0, wide * scale - width), max(0, wide * scale - width)))
        y = float(np.clip(y, min(0, high * scale - height), max(0, high * scale - height)))
    stretch = float(np.exp(rng.normal(0, 0.08)))
    turn = np.array([[scale * stretch, 0, -x * stretch], [0, scale, -y]], np.float64)
    if scale < 0.5:  # warping takes single pixels: shrink by areas first
        less = scale * 1.3
        picture = np.asarray(
            cv2.resize(picture, None, fx=less, fy=less, interpolation=cv2.INTER_AREA), np.uint8
        )
        turn[:, :2] *= (wide / picture.shape[1], high / picture.shape[0])
        real = np.array([[scale * stretch, 0, -x * stretch], [0, scale, -y]], np.float64)
    else:
        real = turn
    seen = cv2.warpAffine(
        picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(PADDING,) * 3
    )
    moved = xyxy * np.array([real[0, 0], real[1, 1]] * 2) + np.array([real[0, 2], real[1, 2]] * 2)
    clipped = np.clip(moved, 0, (width, height, width, height)).astype(np.float32)
    area = (moved[:, 2:] - moved[:, :2]).prod(axis=1)
    left = (clipped[:, 2:] - clipped[:, :2]).clip(min=0).prod(axis=1) / np.maximum(area, 1e-6)
    share = visibility * left
    there = (left > 0.02) & ((clipped[:, 2:] - clipped[:, :2]) > 2).all(axis=1)
    counts = (share >= COUNTS) & (clipped[:, 3] - clipped[:, 1] >= LEAST_PX)
    return Sample(np.asarray(seen, np.uint8), clipped[there], counts[there])


def _photometric(rng: Rng, picture: NDArray[np.uint8], strength: float = 1.0) -> NDArray[np.uint8]:
    """Light, contrast, colour, and now and then blur, noise or no colour at all."""
    seen = picture
    gain = np.exp(
        rng.normal(0, 0.22 * strength, 3) * (0.35, 0.25, 0.35) + rng.normal(0, 0.2 * strength)
    )
    gamma = float(np.exp(rng.normal(0, 0.28 * strength)))
    offset = float(rng.normal(0, 12 * strength))
    ramp = np.linspace(0, 1, 256)[:, None] ** gamma * 255 * gain + offset
    seen = np.asarray(cv2.LUT(seen, np.clip(ramp, 0, 255).astype(np.uint8)[:, None]), np.uint8)
    if rng.random() < 0.5 * strength:
        hsv = cv2.cvtColor(seen, cv2.COLOR_BGR2HSV)
        turn, pale = (
            rng.uniform(-90, 90) if rng.random() < 0.3 else rng.normal(0, 8),
            rng.uniform(0.2, 1.5),
        )
        hsv[..., 0] = (hsv[..., 0].astype(np.int16) + int(turn)) % 180
        hsv[..., 1] = np.clip(hsv[..., 1] * pale, 0, 255).astype(np.uint8)
        seen = np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), np.uint8)
    chance = rng.random()
    if chance < 0.10:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), float(rng.uniform(0.5, 1.6))), np.uint8)
    elif chance < 0.18:
        noise = rng.normal(0, rng.uniform(3, 14), seen.shape[:2])[..., None]
        seen = np.clip(seen + noise, 0, 255).astype(np.uint8)
    elif chance < 0.24:
        seen = np.asarray(
            cv2.cvtColor(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8
        )
    return seen
