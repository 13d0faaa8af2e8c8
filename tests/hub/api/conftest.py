"""One hub for each module of tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.api.hubs import Place, a_morning, open_hub


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with open_hub(tmp_path_factory.mktemp("hub")) as found:
        found.keep(*a_morning())
        yield found
