"""The process of one look: ``python -m miseban.camera.trial.child``, a ``Look`` on standard input,
``Looked`` on standard output. It cannot write files: there is nothing here that may be kept."""

from __future__ import annotations

import base64
import contextlib
import os
import resource
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from miseban.camera.background import PersonFreeBackground
from miseban.camera.opening import open_source as open_any
from miseban.camera.private import PrivateMask
from miseban.camera.trial.coarse import coarse
from miseban.camera.trial.told import Code, Look, Looked
from miseban.vision.detectors import open_detector
from miseban.vision.models.choice import recorded
from miseban.vision.models.store import best_installed
from miseban.vision.pixels import Image
from miseban.vision.sources import open_source
from miseban.vision.sources.address import parse
from miseban.vision.sources.live import LiveOptions
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput, Failed, MisebanError
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop import Camera, Shop, load_shop

CHECK_FRAMES = 15
CHECK_FOR_S = 4.0
FPS = 4.0
"""Frames a second that are looked at for a picture."""
LOOKS_S = (12.0, 20.0, 35.0)
"""Whether there is a picture is asked after so many seconds of view; after the last it is given
up."""
BLOCKS_S = 1.5
_CPU_S = 120
_QUALITY = 80
_OPTIONS = LiveOptions(open_timeout_s=6.0, read_timeout_s=5.0, give_up_s=8.0)


def look(asked: Look) -> Looked:
    """Never raises for anything that a camera or a file can be."""
    try:
        if asked.camera is None:
            return _check(asked)
        made = _blocks if asked.coarse else _picture
        return made(load_shop(asked.shop_file), asked.camera, asked.shop_file)
    except BadInput as error:
        return Looked(code=_code_of(error), detail=error.what)
    except Failed as error:
        return Looked(code="no-answer", detail=error.what)


def _code_of(error: MisebanError) -> Code:
    if error.code in ("unknown-source", "bad-usb-number", "bad-image-rate", "simulated"):
        return "form"
    return "size" if error.code == "wrong-resolution" else "no-video"


def _open(address: str, shop_file: Path, fps: float | None) -> Source:
    if address.startswith("sim:"):
        if "pace=" not in address:  # nobody need wait for a drawn minute
            address += f"{'&' if '?' in address else '?'}pace=full"
        return open_any(address, fps=fps, shop_file=shop_file)
    return open_source(address, fps=fps, options=_OPTIONS)


def _check(asked: Look) -> Looked:
    live = asked.address.startswith("sim:") or parse(asked.address).kind in ("rtsp", "usb")
    with _open(asked.address, asked.shop_file, None) as source:
        times: list[float] = []
        began = time.monotonic()
        for frame in source.frames():
            times.append(frame.time_s)
            if len(times) >= CHECK_FRAMES or time.monotonic() - began > CHECK_FOR_S:
                break
        info = source.info
    if not times:
        return Looked(code="no-video", detail="it answers, and no picture comes")
    measured = (len(times) - 1) / (times[-1] - times[0]) if times[-1] > times[0] else None
    fps = measured if live or not info.fps else info.fps
    return Looked(code="ok", width=info.width, height=info.height, fps=fps)


def _model(shop: Shop, name: str, shop_file: Path) -> str:
    best = best_installed("person-detection")
    choice = recorded(shop_file, name)
    return shop.camera(name).model or (choice.model if choice else best.name if best else "")


def _of_another_size(source: Source, camera: Camera) -> Looked | None:
    """What is drawn on the shop file's size, private zones among it, would lie elsewhere."""
    info = source.info
    if (info.width, info.height) == camera.resolution:
        return None
    what = f"the camera sends {info.width}x{info.height}, the shop file says otherwise"
    return Looked(code="size", detail=what, width=info.width, height=info.height)


def _blocks(shop: Shop, name: str, shop_file: Path) -> Looked:
    """One moment, some seconds after the first frame: what needs to see movement has by then.
    Everybody who was seen in these seconds is covered."""
    camera = shop.camera(name)
    if not load_policy(shop.shop.policy).coarse_still.on:  # the hub asks before: this is the lens
        return Looked(code="broken", detail="the policy does not allow it")
    # Motion alone does not see who stands still.
    model = _model(shop, name, shop_file)
    best = best_installed("person-detection")
    model = best.name if model == "motion" and best else model
    mask, began, boxes = PrivateMask(shop, name), None, []
    with (
        contextlib.closing(open_detector(model)) as detector,
        _open(camera.source, shop_file, FPS) as source,
    ):
        if (wrong := _of_another_size(source, camera)) is not None:
            return wrong
        for frame in source.frames():
            mask.hide(frame)
            boxes.append(detector.detect(frame).xyxy)
            began = frame.time_s if began is None else began
            if frame.time_s - began >= BLOCKS_S:
                shown = coarse(frame, np.concatenate(boxes))
                return Looked(
                    code="ok", width=camera.width, height=camera.height, blocks=shown,
                    seconds=frame.time_s - began,
                )  # fmt: skip
    return Looked(code="no-video", detail="it answers, and no picture comes")


def _picture(shop: Shop, name: str, shop_file: Path) -> Looked:
    camera = shop.camera(name)
    mask = PrivateMask(shop, name)
    with (
        contextlib.closing(open_detector(_model(shop, name, shop_file))) as detector,
        _open(camera.source, shop_file, FPS) as source,
    ):
        if (wrong := _of_another_size(source, camera)) is not None:
            return wrong
        info = source.info
        background = PersonFreeBackground(info.width, info.height)
        looks = iter(LOOKS_S)
        next_s, began = next(looks), None
        for frame in source.frames():
            mask.hide(frame)
            background.offer(frame, detector.detect(frame).xyxy)
            began = frame.time_s if began is None else began
            if frame.time_s - began < next_s:
                continue
            found = background.picture()
            if found is not None:
                return _shown(found, camera.resolution, frame.time_s - began)
            next_s = next(looks, np.inf)
            if next_s == np.inf:
                break
    if began is None:
        return Looked(code="no-video", detail="it answers, and no picture comes")
    return Looked(code="crowded", detail="too much of the place was never seen free of people")


def _shown(background: Image, size: tuple[int, int], seconds: float) -> Looked:
    """``background`` has no people in it (see there): it may be seen."""
    done, jpeg = cv2.imencode(".jpg", background, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        return Looked(code="broken", detail="the picture could not be encoded")
    picture = base64.b64encode(jpeg.tobytes()).decode("ascii")
    width, height = size
    return Looked(code="ok", width=width, height=height, picture=picture, seconds=seconds)


def main() -> int:
    """Exit status 0: what was seen is said in the answer."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no answer
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    told = look(Look.model_validate_json(sys.stdin.buffer.read()))
    out.write(told.model_dump_json().encode())
    return 0


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # a reader inside OpenCV cannot be woken; nothing is left to be saved
