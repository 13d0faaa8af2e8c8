"""A shop file that was set is counted by, one with a mistake is not."""

from __future__ import annotations

import shutil
from pathlib import Path

from miseban.camera.process.shop_watch import LOOK_S, ShopWatch
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.whole_files import write_whole

KONBINI = Path(__file__).parents[3] / "shops" / "konbini.toml"


def test_only_what_a_process_counts_by_makes_it_begin_anew(tmp_path: Path) -> None:
    file = Path(shutil.copy(KONBINI, tmp_path / "shop.toml"))
    text = file.read_text("utf-8")
    now = [0.0]
    watch = ShopWatch(file, load_shop(file), ["door"], clock=lambda: now[0])

    def after(new: str) -> bool:
        write_whole(file, new)
        now[0] += LOOK_S
        return watch.changed()

    assert not after(text)
    assert not after(text + "\n# a word\n")
    assert not after(
        text.replace('id = "aisle"', 'id = "other"')
        .replace('"aisle"', '"other"')
        .replace('camera = "other"', 'camera = "door"')
        .replace('id = "door"', 'id = "gone"')
    )  # without its camera
    assert not after(text.replace("[[line]]", "[[line"))
    assert not after(text.replace('source = "sim:till"', 'source = "sim:till?seed=2"'))
    assert not after(text.replace('id = "konbini"', 'id = "another"'))
    drawn = text.replace("[231.7, 294.7]", "[231.7, 290.0]")
    write_whole(file, drawn)
    assert not watch.changed()  # not looked at yet
    now[0] += LOOK_S
    assert watch.changed()
