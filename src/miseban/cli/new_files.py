"""Files that a command makes beside its answer: all of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from miseban.vocabulary.errors import BadInput


def check_new(files: Mapping[str, Path | None]) -> None:
    """Before any work: that each file, by its option, is new and has a folder to lie in, and that
    no two are one. Raises ``BadInput``."""
    seen: dict[Path, str] = {}
    for option, file in files.items():
        if file is None:
            continue
        try:
            found = file.exists()
        except OSError as error:  # a name that no disk takes
            what = f"cannot be written: {error.strerror or error}"
            raise BadInput("output", file, what) from None
        if found:
            what = f"expected a new file for {option}, found one that exists"
            raise BadInput("output", file, what)
        if not file.parent.is_dir():
            what = f"expected a folder that exists for {option}, found no {file.parent}"
            raise BadInput("output", file, what)
        other = seen.setdefault(file.resolve(), option)
        if other != option:
            raise BadInput("output", file, f"expected a file for {option} other than {other}'s")


def write_new(files: Mapping[Path, bytes]) -> None:
    """Writes them. Raises ``BadInput`` when one exists or the disk refuses, and leaves none."""
    made: list[Path] = []
    try:
        for path, content in files.items():
            with path.open("xb") as file:
                made.append(path)
                file.write(content)
    except OSError as error:
        for one in made:
            one.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            raise BadInput("output", path, "expected a new file, found one that exists") from None
        raise BadInput("output", path, f"cannot be written: {error.strerror or error}") from None
