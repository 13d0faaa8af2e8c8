"""Files that processes have open or mapped besides those in their folder, deleted ones included."""

from __future__ import annotations

import contextlib
import re
import stat
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

EVERY_S = 3.0
_MAPPED = re.compile(r"^([0-9a-f]+-[0-9a-f]+) \S+ \S+ \S+ \d+\s+(/.*)$")
_PROGRAMS = ("/usr/", "/lib", "/etc/", "/opt/", "/proc/", "/sys/", "/bin/", "/sbin/", "/dev/null")


class OpenFiles:
    """Looks every few seconds at ``pids()``. Copies what it finds outside of ``folder`` to
    ``to``, each file once for each size it has; ``names`` says what it was."""

    def __init__(self, pids: Callable[[], list[int]], folder: Path, to: Path) -> None:
        self._pids, self._folder, self._to = pids, folder, to
        to.mkdir(parents=True, exist_ok=True)
        own = {sys.prefix, sys.base_prefix, sysconfig.get_paths()["stdlib"]}
        self._own = (*_PROGRAMS, *own, str(Path(__file__).parents[2]), str(folder))
        self._known: set[tuple[str, int]] = set()
        self.names: dict[str, str] = {}
        self.looks = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(EVERY_S):
            self.looks += 1
            for pid in self._pids():
                for name, path in (*_opened(pid), *_mapped(pid)):
                    self._keep(name, path)

    def _keep(self, name: str, path: Path) -> None:
        if name.startswith(self._own):
            return
        with contextlib.suppress(OSError):
            found = path.stat()
            if not stat.S_ISREG(found.st_mode) or (name, found.st_size) in self._known:
                return
            self._known.add((name, found.st_size))
            copy = self._to / f"{len(self._known):05d}"
            copy.write_bytes(path.read_bytes())
            self.names[copy.name] = name


def _opened(pid: int) -> Iterator[tuple[str, Path]]:
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                yield str(entry.readlink()), entry


def _mapped(pid: int) -> Iterator[tuple[str, Path]]:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8", "replace").splitlines():
            if (found := _MAPPED.match(line)) is not None:
                yield found[2], Path(f"/proc/{pid}/map_files/{found[1]}")
