"""Whatever stands in a shop file: a shop, or one line naming file, table and key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, parse_shop, redact
from miseban.vocabulary.shop.source import source_form
from tests.vocabulary.shop_text import SHOP

KEYS = [
    line
    for line in SHOP.splitlines()
    if " = " in line and not line.endswith("[") and "pixel" not in line
]

values = st.one_of(
    st.sampled_from(['""', "true", "nan", "-inf", "0", "-1", "1e300", "2026-01-01", "07:30:00"]),
    st.sampled_from(["[]", "[[]]", "[[1]]", "[[1, 2]]", "[1, 2, 3]", "{}", "{ id = 1 }", "[{}]"]),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    # TOML's \\u escapes reach every character, also those that end a line or clear a screen.
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
        lambda text: '"' + "".join(f"\\U{ord(c):08X}" for c in text) + '"'
    ),
)


def outcome(text: str) -> Shop | str:
    try:
        return parse_shop(text, "shop.toml")
    except BadInput as error:
        return str(error)


# Another key than the changed one may be named where that is what no longer fits, as a line's
# camera is when the camera's id has changed.
PLACE = re.compile(
    r"shop\.toml: "
    r"(\[shop\]|\[notice\]|\[staff\]|\[\[(camera|line|zone|shelf|till)\]\] [1-3])( \".*?\")?"
    r"( \[\[shelf\.facing\]\]( [12])?( \".*?\")?)?"
    r"( [a-z_]+)*( (point )?\d+)?( x| y)?: expected .*, found "
)


@given(st.sampled_from(KEYS), values)
def test_any_value_of_any_key_parses_or_is_refused_in_one_line(line: str, value: str) -> None:
    key = line.partition(" = ")[0]
    found = outcome(SHOP.replace(f"\n{line}\n", f"\n{key} = {value}\n", 1))
    if isinstance(found, str):
        assert PLACE.match(found), found
        assert found.isprintable()
    assert "hunter2" not in repr(found)


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=4,
    )
)
def test_any_data_is_refused_in_one_line(data: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=r"^.*$") as caught:
        Shop.checked(data, "shop.toml")
    line = str(caught.value)
    assert line.startswith("shop.toml: [")
    assert len(line.splitlines()) == 1


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rtsp://10.0.0.7/main", "rtsp://10.0.0.7/main"),
        ("rtsp://admin:pw@10.0.0.7/main", "rtsp://***@10.0.0.7/main"),
        ("rtsps://admin@10.0.0.7:322/main", "rtsps://***@10.0.0.7:322/main"),
        ("rtsp://admin:p@s/s@10.0.0.7/main", "rtsp://***@10.0.0.7/main"),
        ("admin:pw@10.0.0.7", "***@10.0.0.7"),
        (
            "rtsp://h/live?user=a&password=pw&channel=1",
            "rtsp://h/live?user=a&password=***&channel=1",
        ),
        ("rtsp://h/user=a_password=pw_channel=1", "rtsp://h/user=a_password=***"),
        ("rtsp://h/live?token=pw", "rtsp://h/live?token=***"),
        ("clips/door.mp4", "clips/door.mp4"),
        ("usb:0", "usb:0"),
    ],
)
def test_redacting(source: str, shown: str) -> None:
    assert redact(source) == shown


@given(st.text(min_size=6), st.text(alphabet="abc.:/", max_size=9))
def test_nothing_before_an_at_sign_is_ever_shown(password: str, rest: str) -> None:
    assert redact(f"rtsp://admin:{password}@{rest}") == f"rtsp://***@{rest}"


@pytest.mark.parametrize(
    ("source", "form"),
    [
        ("door.mp4", "file"),
        ("/srv/clips/door.mp4", "file"),
        ("./12:30.mp4", "file"),
        ("12:30.mp4", "file"),
        ("rtsp://host", "rtsp"),
        ("RTSP://host/x", "rtsp"),
        ("rtsps://user:pw@host:322/x", "rtsp"),
        ("usb:0", "usb"),
        ("images:pictures of monday", "images"),
        ("sim:door", "sim"),
        ("sim:door?seed=3&pace=full", "sim"),
        ("rtsp:host", None),
        ("rtsp://host:99999/", None),
        ("rtsp://[::1/", None),
        ("usb:", None),
        ("usb:-1", None),
        ("usb:１", None),
        ("sim:", None),
        ("sim:?seed=3", None),
        ("images: ", None),
        ("http://host/x", None),
        ("file:///x", None),
        (" ", None),
        ("a\nb", None),
    ],
)
def test_forms_of_a_source(source: str, form: str | None) -> None:
    assert source_form(source) == form
