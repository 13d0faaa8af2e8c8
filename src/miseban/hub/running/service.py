"""systemd units: a hub or a camera that starts with the machine and comes back when it falls.

The units take away what a hub needs nothing of: new privileges, other people's homes, most of the
system. See systemd.exec(5) and systemd.service(5).
"""

from __future__ import annotations

import pwd
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.whole_files import write_whole

Part = Literal["run", "hub", "camera"]
FOLDER = Path("/etc/systemd/system")
VIDEO = "video"
"""The group that may read USB cameras."""
_WHAT: dict[Part, str] = {
    "run": "hub and cameras of a shop", "hub": "hub of a shop", "camera": "cameras of a shop",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Service:
    """``arguments`` follow ``miseban PART``; ``user`` runs it, ``data`` is the only folder it may
    write to."""

    part: Part
    arguments: Sequence[str]
    user: str
    data: Path

    @property
    def name(self) -> str:
        return f"miseban-{self.part}.service"

    def unit(self, program: Path) -> str:
        """The text of the unit that runs ``program`` (``miseban`` itself)."""
        command = " ".join(map(_quoted, [str(program), self.part, *self.arguments]))
        after = "network-online.target" + (" mosquitto.service" if self.part != "camera" else "")
        return f"""\
[Unit]
Description=Miseban, {_WHAT[self.part]}
Wants=network-online.target
After={after}
StartLimitIntervalSec=0

[Service]
Type=exec
User={self.user}
{"" if self.part == "hub" else f"SupplementaryGroups={VIDEO}" + chr(10)}ExecStart={command}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=2
TimeoutStopSec=30
UMask=0077
ReadWritePaths={_quoted(str(self.data))}
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6

[Install]
WantedBy=multi-user.target
"""


def install(service: Service, folder: Path = FOLDER) -> Path:
    """Writes the unit, whole or not at all, and returns where. Starting it is systemd's part.

    Raises ``BadInput`` (``service``) for a user or path that no unit can name, and ``Failed`` when
    the folder cannot be written to.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_-]{0,31}", service.user):
        raise BadInput("service", "--user", f'expected a user name, found "{service.user}"')
    if any(ord(c) < 32 for text in (*service.arguments, str(service.data)) for c in text):
        raise BadInput("service", "the arguments", "expected no line breaks in them")
    path = folder / service.name
    try:
        write_whole(path, service.unit(program()))
    except OSError as error:
        what = f"cannot be written: {error.strerror or error} (as root: sudo)"
        raise Failed("service", path, what) from None
    return path


def needed_first(user: str, data: Path) -> list[str]:
    """What is to be typed, as root, before a service of ``user`` on ``data`` can start."""
    found = []
    try:
        pwd.getpwnam(user)
    except KeyError:
        home = _quoted(str(data))
        found.append(f"useradd --system --home-dir {home} --shell /usr/sbin/nologin {user}")
    if not data.is_dir():
        found.append(f"install -d -m 700 -o {user} {_quoted(str(data))}")
    return found


def program() -> Path:
    """``miseban`` as it runs now."""
    beside = Path(sys.executable).parent / "miseban"
    return beside if beside.exists() else Path(sys.argv[0]).absolute()


def _quoted(text: str) -> str:
    """As systemd reads it: in quotes where needed, ``%`` and ``$`` doubled."""
    text = text.replace("%", "%%").replace("$", "$$")
    if re.fullmatch(r"[A-Za-z0-9_./:=@,+%$-]+", text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
