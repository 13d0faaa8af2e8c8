"""The page behind a one-time link: as it is served, and in a browser."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from miseban.hub.api.setup import Looking, Welcoming
from miseban.hub.api.welcome_page import page
from tests.hub.api.hubs import open_hub

pytestmark = pytest.mark.anyio
WORDS = tomllib.loads(files("miseban.hub.api").joinpath("welcome.toml").read_text("utf-8"))


async def test_who_opens_a_link_gets_the_page_in_their_language(tmp_path: Path) -> None:
    with open_hub(tmp_path) as place:
        async with place.client() as client:  # nobody has logged in
            for accept, words in (
                ("ko-KR", "비밀번호 설정"),
                ("en", "Set your password"),
                ("fr", "パスワードの設定"),
                ("zh", "Set your password"),
            ):
                answer = await client.get("/welcome", headers={"Accept-Language": accept})
                assert answer.status_code == 200
                assert words in answer.text
                policy = answer.headers["content-security-policy"]
                assert "default-src 'none'; style-src 'sha256-" in policy
                assert "script-src 'sha256-" in policy
                assert "unsafe" not in policy
                assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", WORDS)
def test_nothing_is_left_to_be_said_in_any_language(language: str) -> None:
    assert WORDS[language].keys() == WORDS["en"].keys()
    assert not re.findall(
        r"\{[a-z]+\}", re.sub(r"<(script|style)>.*?</\1>", "", page(language), flags=re.S)
    )
    for said in WORDS[language].values():
        assert said in page(language)


def test_it_sends_what_the_routes_take() -> None:
    text = page("en")
    assert 'ask("/api/v1/setup/look", {link})' in text
    assert list(Looking.model_fields) == ["link"]
    assert "const body = {link, password: password.value}" in text
    assert "body.login = login.value" in text
    assert set(Welcoming.model_fields) == {"link", "password", "login"}
