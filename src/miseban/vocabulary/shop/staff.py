"""``[staff]``: what tells those who work here apart, where anything does."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from miseban.vocabulary.shop.table import Table, wrong


def _colour(text: str) -> str:
    if re.fullmatch(r"#[0-9a-fA-F]{6}", text) is None:
        raise wrong('a colour such as "#1f6f5c"')
    return text.lower()


ColourText = Annotated[str, AfterValidator(_colour)]


class Staff(Table):
    """Those who work here."""

    uniform: Annotated[
        tuple[ColourText, ...],
        Field(
            min_length=1,
            max_length=4,
            json_schema_extra={"form": 'one to four of `"#rrggbb"`'},
        ),
    ] = Field(
        description="Colours of what staff wear on the upper body, as on a screen (sRGB): red, "
        "green and blue from `00` to `ff`. One of the cues for who works here, in recordings of "
        "several cameras, where the policy allows it."
    )

    @property
    def uniform_rgb(self) -> tuple[tuple[int, int, int], ...]:
        """The colours as red, green and blue, 0 to 255."""
        found = []
        for text in self.uniform:
            red, green, blue = bytes.fromhex(text[1:])
            found.append((red, green, blue))
        return tuple(found)
