"""Why something is kept, and what somebody did, in the language of the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import Browser, expect

import miseban
from miseban.hub.people.links import Purpose
from miseban.vocabulary.policies import load_policy
from miseban.vocabulary.shop.tables import PolicyName
from miseban.web.words import LANGUAGES, words
from tests.web.pages import Visitor, Website
from tests.web.test_areas import ready

SOURCE = Path(miseban.__file__).parent
CLASSES = ("count", "trajectory", "attribute", "assist", "member", "staff", "device")
ACT = re.compile(r"[a-z-]+(\.[a-z-]+)*")


@pytest.mark.parametrize("name", get_args(PolicyName))
def test_the_english_words_are_those_of_the_policy(name: PolicyName) -> None:
    """Whoever changes a policy comes here, and to the other languages beside it."""
    policy = load_policy(name)
    said = {key: text for key, text in words("en").items() if key.startswith(f"policy_{name}.")}
    rules = {f"policy_{name}.{one}": getattr(policy, one).why for one in (*CLASSES, "requests")}
    assert said == rules | {
        f"policy_{name}.title": policy.title, f"policy_{name}.basis": policy.basis
    }  # fmt: skip
    for language in ("ja", "ko"):
        for key, text in said.items():
            assert words(language)[key] != text


def acts(tree: ast.Module) -> Iterator[str]:
    """What is noted in a module: written there, or in what ``act`` or a constant is set to."""
    set_to: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    set_to.setdefault(target.id, []).append(node.value)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name != "note":
            continue
        act = node.args[1 if isinstance(node.func, ast.Attribute) else 2]
        for value in set_to.get(act.id, []) if isinstance(act, ast.Name) else [act]:
            if isinstance(value, ast.JoinedStr):
                yield from (f"account.{purpose}.done" for purpose in get_args(Purpose))
                continue
            for part in ast.walk(value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_whatever_is_noted_has_words() -> None:
    files = sorted((SOURCE / "hub").rglob("*.py"))
    noted = {act for file in files for act in acts(ast.parse(file.read_text("utf-8")))}
    assert {"log-in.failed", "camera.blocks", "audit.cut", "account.invite.done"} <= noted
    assert all(ACT.fullmatch(act) for act in noted), noted
    for language in LANGUAGES:
        known = {key.partition(".")[2] for key in words(language) if key.startswith("audit.")}
        assert known == noted, language


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_the_page_says_it(browser: Browser, konbini: Website, language: str) -> None:
    with Visitor.of(browser, konbini, language=language) as one:
        page = one.log_in("privacy_officer", "/privacy")
        ready(page)
        known = words(language)
        expect(page.locator("#kept")).to_contain_text(known["policy_jp.trajectory"])
        expect(page.locator("#policy")).to_contain_text(known["policy_jp.basis"])
        expect(page.locator("#requests")).to_contain_text(known["policy_jp.requests"])
        expect(page.locator("#log tbody tr").first).to_contain_text(known["audit.log-in"])
        expect(page.locator("#log tbody")).not_to_contain_text("account.add")
