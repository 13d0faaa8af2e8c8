"""Synthetic videos: every frame is a grey level that tells its number."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from miseban.vision.pixels import Image

WIDTH, HEIGHT = 160, 120
CODECS = {".mp4": "mp4v", ".mov": "mp4v", ".avi": "MJPG", ".mkv": "MJPG", ".webm": "VP80"}


def picture(number: int) -> Image:
    noise = np.random.default_rng(number).integers(0, 60, (HEIGHT, WIDTH, 3))
    return (noise + number % 190).astype(np.uint8)


def write_video(path: Path, frames: int = 60, fps: float = 25.0) -> Path:
    if path.suffix == ".gif":
        return write_gif(path, [round(1000 / fps)] * frames)
    fourcc = cv2.VideoWriter.fourcc(*CODECS[path.suffix])
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, fourcc, fps, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for number in range(1, frames + 1):
        writer.write(picture(number))
    writer.release()
    return path


def write_gif(path: Path, durations_ms: list[int]) -> Path:
    animation = cv2.Animation()
    animation.frames = [picture(n + 1) for n in range(len(durations_ms))]
    animation.durations = durations_ms
    assert cv2.imwriteanimation(str(path), animation)
    return path
