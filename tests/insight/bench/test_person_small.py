"""The detector that the package carries finds people, on real clips and in drawn shops."""

from __future__ import annotations

from pathlib import Path

import pytest

from miseban.insight.bench.job import Candidate, Judging
from miseban.insight.bench.judging import judge
from miseban.vision.models.registry import load_registry
from miseban.vision.models.store import installed
from tests.shared import TRUTH, VIDEO, need

LEAST = {"pets09_s2l1_vtest": (0.80, 0.75), "intel_store-aisle-detection": (0.65, 0.65)}
"""AP50 and recall at precision 0.7. It has learned from neither clip."""


def scores(clips: list[tuple[Path, Path]], *, rendered: bool) -> dict[str, tuple[float, float]]:
    model = load_registry().find("person-small")
    assert installed(model) is not None  # it comes with the package
    candidate = Candidate(name=model.name, runtime="onnxruntime")
    job = Judging(candidates=(candidate,), clips=tuple(clips), rendered=rendered)
    (judged,) = judge(job)
    return {one.truth: (one.ap50, one.recall_p70) for one in judged.scores}


def test_it_finds_real_people() -> None:
    clips = [
        (need(VIDEO / "pets09_s2l1_vtest.mp4"), need(TRUTH / "pets09_s2l1_first400_mot.txt")),
        (need(VIDEO / "intel_store-aisle-detection.gif"), need(TRUTH / "store_aisle.json")),
    ]
    found = scores(clips, rendered=False)
    assert set(found) == set(LEAST)
    for name, (ap50, recall) in found.items():
        assert (ap50 >= LEAST[name][0], recall >= LEAST[name][1]) == (True, True), (name, found)


def test_it_finds_drawn_people() -> None:
    """In shops drawn by other code, and from another seed, than those it has learned from."""
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    ap50, _ = scores([], rendered=True)["rendered"]
    assert ap50 >= 0.90
