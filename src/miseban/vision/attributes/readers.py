"""The networks that read faces and bodies, on OpenVINO."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from miseban.vision.faces.face import Face, Floats
from miseban.vision.faces.ir import IrNetwork
from miseban.vision.faces.pose import square
from miseban.vision.models.registry import Model
from miseban.vision.pixels import Crop, Image, Pixels
from miseban.vocabulary.errors import BadInput

VIEWS = (1.0, 1.2)
"""Squares of these sizes around the face are read, each as it is and with its contrast stretched.
Where one view says a man and the other a woman, the mean is in between, and the vote abstains."""


class AgeGenderReader:
    """age-gender-recognition-retail-0013. Its authors: ages 18 to 75 with a mean error of 7 years,
    gender right for 95.8 %, not for children. Outputs: the age in hundreds of years, and the
    probabilities of female and male. Raises ``BadInput`` as ``IrNetwork`` does."""

    def __init__(self, model: Model, path: Path, *, threads: int) -> None:
        self._network = IrNetwork(model, path, (1, 2), threads=threads)
        self.name = model.name

    def read(self, pixels: Pixels, face: Face) -> tuple[Floats, Floats]:
        """(V,) ages in years and (V,) probabilities that this is a man, one for each view."""
        ages, males = [], []
        for scale in VIEWS:
            cut = square(pixels.bgr, face, scale)
            for view in (cut, stretched(cut)):
                for numbers in self._network.read(view).values():
                    if len(numbers) == 1:
                        ages.append(100.0 * float(numbers[0]))
                    else:
                        males.append(float(numbers[1]))
        return np.array(ages), np.array(males)


class BodyReader:
    """person-attributes-recognition-crossroad-0230, of which only ``is_male`` is read (F1 0.91 by
    its authors; bags, hats and hair describe a person too closely). Raises ``BadInput`` as
    ``IrNetwork`` does."""

    IS_MALE = 0

    def __init__(self, model: Model, path: Path, *, threads: int) -> None:
        self._network = IrNetwork(model, path, (8, 2, 2), threads=threads)
        self.name = model.name

    def read(self, crop: Crop) -> float:
        """The probability that this is a man."""
        for numbers in self._network.read(crop.bgr).values():
            if len(numbers) == 8:
                return float(numbers[self.IS_MALE])
        raise BadInput("model-broken", self.name, "expected an output of 8 numbers")


def stretched(bgr: Image) -> Image:
    """The same picture with its darkest value at 0 and its brightest at 255."""
    out = np.empty_like(bgr)
    cv2.normalize(bgr, out, 0, 255, cv2.NORM_MINMAX)
    return out
