"""The house itself: its commands, locks and documents say what is true."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main
from pydantic import BaseModel

from miseban.space.settings import SpaceSettings
from miseban.vocabulary import summary
from miseban.vocabulary.events import EVENT_CLASSES, Event

ROOT = Path(__file__).parents[1]
EVENT_MODELS = get_args(get_args(Event)[0])
COMMON_FIELDS = {"id", "type", "time", "shop", "camera"}
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def project_files() -> list[Path]:
    """Every text file of ours, of the tree as it is (git may be missing from a release)."""
    folders = ("src", "tests", "bench", "scripts", "requirements", "docs", "examples", ".ci")
    found = [p for name in folders for p in (ROOT / name).rglob("*") if p.is_file()]
    found += [p for p in ROOT.iterdir() if p.is_file() and p.name != ".git"]
    skipped = {".npz", ".onnx", ".png", ".pyc", ".webp"}
    return [p for p in found if p.suffix not in skipped and "__pycache__" not in p.parts]


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*##", text("Makefile"), re.MULTILINE))


def section(document: str, title: str) -> str:
    """The part of a Markdown document under ``## title``; empty if there is none."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", document, re.M | re.S)
    return found.group(1) if found else ""


def test_the_makefile_has_every_command_that_the_documents_name() -> None:
    named = set()
    for document in (p for p in project_files() if p.suffix == ".md"):
        content = document.read_text("utf-8")
        blocks = re.findall(r"^```sh\n(.*?)^```", content, re.MULTILINE | re.DOTALL)
        named |= set(re.findall(r"^make ([a-z-]+)", "\n".join(blocks), re.MULTILINE))
        named |= set(re.findall(r"`make ([a-z-]+)", content))
    assert {"setup", "demo", "test"} <= named
    assert named <= make_targets()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert re.search(r"^make test\b", text("README.md"), re.MULTILINE)
    assert text(".ci/run").rstrip().endswith("\nmake test")


def test_make_help_lists_every_target() -> None:
    shown = subprocess.run(["make", "-C", ROOT], capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in shown.splitlines() if line[:1].isalpha()} >= make_targets()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_a_lock_has_a_hash_for_everything_and_no_address(lock: Path) -> None:
    content = lock.read_text()
    assert not re.search(r"https?:|file:|--index|--find-links|--extra-index|--trusted|@", content)
    joined = [
        line for line in content.replace("\\\n", " ").splitlines()
        if line and not line.lstrip().startswith("#")
    ]  # fmt: skip
    assert len(joined) > 20
    for line in joined:
        assert re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line), line


def test_locks_agree_on_versions() -> None:
    """The same package has the same version in every place."""
    seen: dict[str, str] = {}
    for lock in LOCKS:
        for name, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", lock.read_text(), re.MULTILINE):
            assert seen.setdefault(name, version) == version, f"{name} in {lock.name}"
    assert {"numpy", "hatchling", "trackers"} <= set(seen)


def test_exactly_one_cv2_in_this_environment() -> None:
    owners = {
        dist.metadata["Name"]
        for dist in distributions()
        if dist.metadata["Name"].lower().startswith("opencv")
    }
    assert owners == {"opencv-python-headless"}


def commands() -> list[tuple[str, str, set[str]]]:
    """``("models list", its help, its long options)`` for every command."""
    from miseban.cli.app import app

    found: list[tuple[str, str, set[str]]] = []

    def walk(command: Any, path: str) -> None:
        inner = getattr(command, "commands", None)
        if inner:
            for name, part in inner.items():
                walk(part, f"{path} {name}".strip())
        else:
            names = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
            options = {name for name in names if name.startswith("--")}
            found.append((path, command.help or "", options))

    walk(typer.main.get_command(app), "")
    return found


def test_every_command_has_an_example_and_is_documented() -> None:
    document = text("docs/commands.md")
    found = commands()
    assert {"analyze", "replay", "demo", "models list"} <= {name for name, _, _ in found}
    for name, described, options in found:
        assert re.search(rf"Example: miseban {name}\b", described), f"{name}: no example in --help"
        part = section(document, f"miseban {name}")
        assert re.search(rf"^miseban {name}\b", part, re.MULTILINE), (
            f"{name}: no example in commands.md"
        )
        told = set(re.findall(r"--[a-z][a-z-]*", part))
        assert options - {"--help"} <= told, f"{name}: an option is missing in commands.md"
        assert told <= options | {"--help"}, f"{name}: commands.md tells of an option it lacks"


def test_no_documented_command_is_missing() -> None:
    documented = set(re.findall(r"^## miseban (.+)$", text("docs/commands.md"), re.MULTILINE))
    assert documented == {name for name, _, _ in commands()}


@pytest.mark.parametrize("model", EVENT_MODELS, ids=lambda m: m.__name__)
def test_every_event_and_field_is_documented(model: type[BaseModel]) -> None:
    kind = model.model_fields["type"].default
    part = section(text("docs/events.md"), kind)
    assert f"Class: `{EVENT_CLASSES[kind]}`" in part
    own = set(model.model_fields) - COMMON_FIELDS
    assert set(re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)) == own


def test_no_event_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^## ([a-z]+\.[a-z]+)$", text("docs/events.md"), re.MULTILINE))
    assert documented == set(EVENT_CLASSES)
    assert len(documented) == len(EVENT_MODELS)


@pytest.mark.parametrize(
    "model",
    [m for m in vars(summary).values() if isinstance(m, type) and m.__module__ == summary.__name__],
    ids=lambda m: m.__name__,
)
def test_every_field_of_the_summary_is_documented(model: type[BaseModel]) -> None:
    names = {field.alias or name for name, field in model.model_fields.items()}
    assert names <= set(re.findall(r"`(\w+)`", text("docs/results.md")))


def test_every_constant_of_the_counting_rules_is_explained() -> None:
    told = set(re.findall(r"`(\w+)`", text("docs/counting.md")))
    assert {field.name for field in fields(SpaceSettings)} - told == set()


def test_the_map_names_only_what_exists() -> None:
    content = text("ARCHITECTURE.md").split("## Where is")[1]
    paths = re.findall(r"`((?:vocabulary|vision|space|camera|insight)/[\w./]*)`", content)
    assert len(paths) > 15
    assert [path for path in paths if not (ROOT / "src" / "miseban" / path).exists()] == []


def test_links_between_documents_lead_somewhere() -> None:
    documents = [p for p in project_files() if p.suffix == ".md"]
    broken = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_no_document_waits_to_be_filled_in() -> None:
    found = [
        f"{document.relative_to(ROOT)}: {match.group()}"
        for document in project_files()
        if document.suffix == ".md"
        for match in re.finditer(r"@[A-Z]+@|figures follow", document.read_text("utf-8"), re.I)
    ]
    assert found == []


def test_every_document_is_in_the_index() -> None:
    index = text("docs/README.md")
    missing = [
        page.name
        for page in (ROOT / "docs").glob("*.md")
        if page.name != "README.md" and f"({page.name})" not in index
    ]
    assert missing == []


def test_no_source_file_has_grown_past_one_idea() -> None:
    large = {
        str(path.relative_to(ROOT)): path.stat().st_size
        for path in (ROOT / "src").rglob("*.py")
        if path.stat().st_size > 12_000
    }
    assert large == {}


def test_the_path_is_walked_one_way() -> None:
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [checker, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_path_of_a_machine_and_no_index_is_named() -> None:
    # Put together from parts, so that this file does not name them itself.
    machine = "|".join(("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]", "/t" + "mp/[a-z]"))
    index = "|".join(("pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs"))
    forbidden = re.compile(f"({machine})|({index})")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in project_files()
        for match in forbidden.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_licence_is_the_whole_of_apache_2() -> None:
    licence = text("LICENSE")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
