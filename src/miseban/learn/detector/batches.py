"""Samples put together in batches: batch ``n`` of a seed is the same whenever it is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from miseban.learn.detector.samples import Material
from miseban.learn.detector.teacher import Features

SIZES = (
    (416, 320, 8),
    (416, 320, 8),
    (256, 256, 16),
    (320, 256, 13),
    (320, 320, 10),
    (384, 256, 11),
)
"""Width, height and number of samples: about a million pixels each."""


@dataclass(frozen=True, slots=True)
class Batch:
    """``pictures`` (B, 3, H, W) uint8 BGR, ``boxes`` (B, G, 4) pixels, ``counts`` (B, G); what the
    teacher saw, for each stride (B, C, H / s, W / s) float16, or nothing."""

    pictures: Tensor
    boxes: Tensor
    counts: Tensor
    taught: list[Tensor]


class Batches(Dataset[Batch]):
    """Made in the loader's own process, the teacher's part as well."""

    def __init__(self, material: Material, seed: int, numbers: range, teacher: Path | None) -> None:
        self._material, self._seed, self._numbers = material, seed, numbers
        self._path = teacher
        self._teacher: Features | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, index: int) -> Batch:
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self._seed, self._numbers[index], 0xBA7C])
        width, height, count = SIZES[int(rng.integers(len(SIZES)))]
        samples = [self._material.sample(rng, (width, height)) for _ in range(count)]
        most = max(1, *(len(s.xyxy) for s in samples))
        boxes = np.zeros((count, most, 4), np.float32)
        counts = np.zeros((count, most), np.bool_)
        for n, sample in enumerate(samples):
            boxes[n, : len(sample.xyxy)] = sample.xyxy
            counts[n, : len(sample.xyxy)] = sample.counts
        pictures = np.stack([s.picture.transpose(2, 0, 1) for s in samples])
        return Batch(
            torch.from_numpy(pictures),
            torch.from_numpy(boxes),
            torch.from_numpy(counts),
            list(self._features(pictures)),
        )

    def _features(self, pictures: NDArray[np.uint8]) -> Iterator[Tensor]:
        if self._path is None:
            return
        if self._teacher is None:
            self._teacher = Features(self._path)
        for seen in self._teacher.of(pictures.astype(np.float32)):
            yield torch.from_numpy(seen.clip(-6e4, 6e4).astype(np.float16))


def one(batch: list[Batch]) -> Batch:
    """The loader collates nothing: each of its items is a batch already."""
    return batch[0]
