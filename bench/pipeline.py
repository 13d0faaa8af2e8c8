"""The whole analysis of a clip, beside a bare loop that decodes it and runs the model.

The bare loop is what anybody would write: OpenCV reads, the frame is resized into the model's
square, ONNX Runtime runs it on one thread; its output is not even decoded. Ours does the same,
decodes boxes, follows people, counts them over a line and in zones, learns the background, and
watches the view's health. The motion gate is off: both give every frame to the model.
"""

from __future__ import annotations

import cv2
import numpy as np
import onnxruntime

from bench.material import PETS, ROOT, YOLOX_NANO, need
from bench.result import CannotRunError, Result, ratio
from miseban.camera.analysis import analyse
from miseban.vision.detectors import open_detector
from miseban.vision.sources import open_source
from miseban.vocabulary.shop import load_shop

FRAMES = 400
FPS = 10
SIZE = 416


def run(repeats: int) -> list[Result]:
    video, model = str(need(PETS)), need(YOLOX_NANO)
    shop = load_shop(need(ROOT / "examples" / "pets.toml"))
    camera = shop.cameras[0].id
    detector = open_detector(model, threads=1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
    entry = session.get_inputs()[0].name

    def ours() -> None:
        with open_source(video, fps=FPS) as source:
            result = analyse(source, detector, shop, camera, gate=False, until_s=FRAMES / FPS)
        if len(result.frames) != FRAMES:
            raise CannotRunError(f"expected {FRAMES} analysed frames, got {len(result.frames)}")

    def bare() -> None:
        capture = cv2.VideoCapture(video)
        square = np.full((SIZE, SIZE, 3), 114, np.uint8)
        for _ in range(FRAMES):
            _, picture = capture.read()
            scale = SIZE / max(picture.shape[:2])
            height, width = (round(side * scale) for side in picture.shape[:2])
            square[:height, :width] = cv2.resize(picture, (width, height))
            session.run(None, {entry: square.transpose(2, 0, 1)[None].astype(np.float32)})
        capture.release()

    note = (
        "whole analysis with health, without gate, YOLOX-nano, one thread, over a bare loop of "
        "decoding and inference"
    )
    repeats = max(3, repeats // 2)  # each takes seconds
    results = [ratio("pipeline", 1.2, note, ours, bare, repeats=repeats, calls=FRAMES)]
    detector.close()
    return results
