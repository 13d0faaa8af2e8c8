"""The texts that a shop or rules file had: the last ``MOST`` of them, a file each in a folder of
the hub's own, since there are passwords of cameras in a shop file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.whole_files import write_whole

MOST: Final = 20
_NAME: Final = re.compile(r"(\d{8}T\d{12}Z)\.([^./]*)\.toml")
_FORM: Final = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Version:
    """``id`` is the time at which it was set; ``by`` whose login, empty where it was changed by
    hand in the file itself."""

    id: str
    set: datetime
    by: str
    path: Path

    def text(self) -> str:
        """Raises ``BadInput`` (``not-found``) where it was dropped meanwhile."""
        try:
            return self.path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            raise BadInput("not-found", "version", "it is no longer kept") from None


class Versions:
    """Those in ``folder``, which is made when there is something to keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Version]:
        """The newest first."""
        found = []
        for path in self._folder.glob("*.toml") if self._folder.is_dir() else ():
            match = _NAME.fullmatch(path.name)
            if match:
                when = datetime.strptime(match[1], _FORM).replace(tzinfo=UTC)
                found.append(Version(match[1], when, unquote(match[2]), path))
        return sorted(found, key=lambda one: one.id, reverse=True)

    def of(self, name: str) -> Version:
        """Raises ``BadInput`` (``not-found``)."""
        for one in self.all():
            if one.id == name:
                return one
        raise BadInput("not-found", "version", "there is no such version")

    def keep(self, text: str, by: str, now: datetime) -> None:
        """``text`` is in force from ``now`` on; nothing is added where it was already. Drops the
        oldest. Raises ``Failed``."""
        held = self.all()
        if held and held[0].text() == text:
            return
        name = now.astimezone(UTC).strftime(_FORM)
        if held and name <= held[0].id:  # a clock that was set back: the order is that of the acts
            name = (held[0].set + timedelta(microseconds=1)).strftime(_FORM)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / f"{name}.{quote(by, safe='').replace('.', '%2E')}.toml"
            write_whole(path, text, mode=0o600)
            for old in self.all()[MOST:]:
                old.path.unlink(missing_ok=True)
        except OSError as error:
            what = f"the version cannot be kept: {error.strerror or error}"
            raise Failed("versions", self._folder, what) from None
