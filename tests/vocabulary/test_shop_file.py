"""Shop files, right and wrong: what is read, and the one line that says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Camera, FloorPoint, Shop, Zone, load_shop, parse_shop
from tests.vocabulary.shop_text import SHOP, changed
from tests.vocabulary.wrong_shops import WRONG


def error_of(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        parse_shop(text, "shop.toml")
    assert caught.value.exit_status == 2
    line = str(caught.value)
    assert line == line.strip()
    assert len(line.splitlines()) == 1
    assert "hunter2" not in line
    assert "hunter2" not in repr(caught.value)
    return line


def test_a_right_file_is_read_whole() -> None:
    shop = parse_shop(SHOP, "shop.toml")

    assert (shop.shop.id, shop.shop.name, shop.shop.policy) == ("corner", "角の店", "jp")
    assert shop.shop.floor is not None
    assert (shop.shop.floor.width_m, shop.shop.floor.depth_m) == (8.0, 6.0)
    door, ceiling = shop.cameras
    assert door.source == "rtsp://admin:hunter2@10.0.0.7/main"
    assert (door.width, door.height, door.fps, door.anchor) == (768, 432, 10.0, "feet")
    assert door.floor_points[1] == FloorPoint(pixel=(700.0, 110.0), floor_m=(7.0, 1.0))
    assert (ceiling.fps, ceiling.anchor, ceiling.floor_points) == (5.0, "centre", ())
    assert shop.zones[0].min_stay_s == 3.0
    assert shop.zones[1].min_stay_s == 1.0
    assert shop.staff is not None
    assert shop.staff.uniform_rgb == ((31, 111, 92), (255, 255, 255))
    egg = shop.shelves[0].facings[0]
    assert (egg.id, egg.gtin, egg.capacity) == ("egg", "4901234567894", 12)
    assert (shop.tills[0].queue, shop.tills[0].service) == ("waiting", "serving")


def test_a_name_is_the_id_unless_given() -> None:
    shop = parse_shop(changed('id = "aisle-3"', 'id = "aisle-3"\nname = "弁当"'), "shop.toml")
    assert [zone.name for zone in shop.zones] == ["弁当", "waiting", "serving"]
    assert [camera.name for camera in shop.cameras] == ["door", "ceiling"]


def test_drawings_are_found_by_camera_or_on_the_floor() -> None:
    shop = parse_shop(SHOP, "shop.toml")
    assert [line.id for line in shop.lines_of("door")] == ["entrance"]
    assert [line.id for line in shop.floor_lines()] == ["gate"]
    assert [zone.id for zone in shop.zones_of("door")] == ["aisle-3"]
    assert [zone.id for zone in shop.zones_of("ceiling")] == ["serving"]
    assert [zone.id for zone in shop.floor_zones()] == ["waiting"]
    assert shop.camera("ceiling").resolution == (240, 240)
    assert shop.zone("waiting").kind == "queue"


def test_asking_for_an_unknown_camera_or_zone_names_the_known_ones() -> None:
    shop = parse_shop(SHOP, "shop.toml")
    with pytest.raises(BadInput, match=r'door, ceiling\), found "back"') as caught:
        shop.camera("back")
    assert caught.value.code == "unknown-camera"
    with pytest.raises(BadInput, match=r'aisle-3, waiting, serving\), found "back"'):
        shop.zone("back")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("points = [[384, 432]", "points = [[0, 0]", id="a line may lie on the border"),
        pytest.param("[300, 400], [10, 400]", "[768, 432], [0, 432]", id="and so may a zone"),
        pytest.param('"usb:0"', '"clips/door 1.mp4"', id="a path with a blank"),
        pytest.param('"usb:0"', '"images:pictures"', id="a folder of pictures"),
        pytest.param('"usb:0"', '"sim:ceiling"', id="a simulated camera"),
        pytest.param('"usb:0"', '"rtsps://[::1]:322/x"', id="an address in brackets"),
        pytest.param('"Asia/Tokyo"', '"UTC"', id="time zone UTC"),
        pytest.param('"4901234567894"', '"036000291452"', id="a GTIN of 12 digits"),
        pytest.param('"4901234567894"', '"10614141000415"', id="a GTIN of 14 digits"),
        pytest.param(
            '"角の店"', '"角の店\u3000本店 👩‍🍳"', id="a full-width space, a joined emoji"
        ),
        pytest.param('"usb:0"', '"映像\u30001.mp4"', id="a full-width space in a path"),
        pytest.param("min_stay_s = 3", "min_stay_s = 0", id="no least stay"),
        pytest.param("[[40, 80], [90, 80]", "[[40, 80], [60, 100], [90, 80]", id="concave"),
    ],
)
def test_these_are_right_too(old: str, new: str) -> None:
    parse_shop(changed(old, new), "shop.toml")


@pytest.mark.parametrize(
    ("old", "new", "place", "says"), [pytest.param(*row[1:], id=row[0]) for row in WRONG]
)
def test_what_is_wrong_is_said_in_one_line(old: str, new: str, place: str, says: str) -> None:
    line = error_of(changed(old, new))
    where, _, what = line.partition(": expected")
    assert where.startswith("shop.toml: ")
    assert place in where
    assert ", found" in what
    assert says in line


def test_more_than_one_error_is_counted_and_named() -> None:
    text = changed('kind = "area"', 'kind = "place"').replace("capacity = 6", "capacity = -6")
    assert error_of(text).endswith(
        '(and 1 more: [[shelf]] 1 "sandwiches" [[shelf.facing]] 2 "tuna" capacity)'
    )


def test_many_errors_are_counted_and_the_first_few_named() -> None:
    line = error_of(SHOP.replace(" = [[", ' = [["", '))
    assert "two numbers [x, y], found" in line
    assert line.endswith("; ...)")


def test_what_only_follows_from_an_error_is_not_counted() -> None:
    assert "more" not in error_of(changed("567894", "567895"))  # its shelf has facings all the same
    assert "more" not in error_of(changed('"door"\nsource', '"do.or"\nsource'))  # it has a name


def test_a_mistyped_key_is_named_before_the_key_it_leaves_missing() -> None:
    line = error_of(changed("kind", "kidn"))
    assert line.startswith('shop.toml: [[zone]] 1 "aisle-3" kidn: ')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("[shop]\nid = \n", "line 2, column 6", id="no value"),
        pytest.param('[shop]\nid = "x"\nid = "y"\n', "line 3, column 9", id="a key twice"),
        pytest.param('[shop]\nid = "x', "line 2, column 8", id="ends within text"),
        pytest.param("a = " + "[" * 100_000, "", id="nested without end"),
        pytest.param("a = " + "9" * 5_000, "", id="a number without end"),
    ],
)
def test_broken_toml_names_line_and_column(text: str, place: str) -> None:
    line = error_of(text)
    assert line.startswith(f"shop.toml: {place}")
    assert "expected TOML, found" in line


def test_an_empty_file_lacks_a_shop() -> None:
    assert error_of("") == "shop.toml: [shop]: expected a value, found none"


class TestFiles:
    def test_a_file_is_read_with_a_byte_order_mark_and_windows_line_ends(
        self, tmp_path: Path
    ) -> None:
        path = tmp_path / "shop.toml"
        path.write_bytes(b"\xef\xbb\xbf" + SHOP.replace("\n", "\r\n").encode())
        assert load_shop(path) == parse_shop(SHOP, "shop.toml")

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            pytest.param(None, "expected a shop file, found none", id="missing"),
            pytest.param(
                b'[shop]\n\nname = "\x8b\xf3"',
                "line 3: expected text in UTF-8, found byte 0x8B",
                id="Shift JIS",
            ),
            pytest.param(b"#" * (4 << 20) + b"#", "at most 4 MiB", id="a video by mistake"),
            pytest.param(b"", "[shop]: expected a value", id="empty"),
        ],
    )
    def test_a_file_that_cannot_be_read(
        self, tmp_path: Path, content: bytes | None, says: str
    ) -> None:
        path = tmp_path / "my shop.toml"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(BadInput) as caught:
            load_shop(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert says in str(caught.value)

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="expected a file, found a folder"):
            load_shop(tmp_path)

    def test_a_path_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text("")
        with pytest.raises(BadInput, match="found: Not a directory"):
            load_shop(tmp_path / "a" / "shop.toml")

    def test_a_path_that_no_system_knows(self) -> None:
        with pytest.raises(BadInput, match="null"):
            load_shop(Path("a\0b"))


class TestPlain:
    def test_has_one_camera_and_nothing_drawn(self) -> None:
        shop = Shop.plain("clip", (768, 432), "one_by_one.mp4")
        assert (shop.shop.id, shop.shop.timezone, shop.shop.policy) == ("shop", "UTC", "strict")
        assert [camera.id for camera in shop.cameras] == ["clip"]
        assert shop.camera("clip").resolution == (768, 432)
        assert [*shop.lines, *shop.zones, *shop.shelves, *shop.tills] == []

    def test_says_what_no_camera_can_be(self) -> None:
        with pytest.raises(BadInput, match=r"resolution height: expected .* at least 16, found 8"):
            Shop.plain("clip", (768, 8), "small.mp4")


class TestModels:
    def test_are_frozen(self) -> None:
        shop = parse_shop(SHOP, "shop.toml")
        with pytest.raises(ValidationError, match="frozen"):
            shop.cameras[0].fps = 1.0

    def test_check_themselves_when_made_by_hand(self) -> None:
        with pytest.raises(ValidationError, match="cross itself"):
            Zone(id="a", kind="area", polygon=((0, 0), (9, 9), (9, 0), (0, 9)))
        right = parse_shop(SHOP, "shop.toml")
        line = right.lines[0].model_copy(update={"camera": "nowhere"})
        with pytest.raises(BadInput, match=r'\[\[line\]\] 1 "entrance" camera'):
            Shop(shop=right.shop, cameras=right.cameras, lines=(line,))

    def test_never_print_a_password(self) -> None:
        shop = parse_shop(SHOP, "shop.toml")
        for text in (repr(shop), str(shop), repr(shop.cameras[0]), f"{shop.cameras}"):
            assert "10.0.0.7/main" in text
            assert "hunter2" not in text
            assert "admin" not in text
        with pytest.raises(ValidationError) as caught:
            Camera(id="a", source="rtp://admin:hunter2@host", resolution=(768, 432))
        assert "hunter2" not in str(caught.value)
