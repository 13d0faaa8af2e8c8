"""Result folders: the files of one run replace those of the one before, or nothing changes."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from miseban.vocabulary.errors import BadInput, Failed

FILES = (
    "annotated.mp4",
    "events.parquet",
    "heatmap.png",
    "heatmap_floor.png",
    "report.html",
    "summary.json",
    "tracks.csv",
)
"""All that a run may leave. What a new run does not make is taken away: an old video beside new
numbers would lie."""
_UNFINISHED = ".unfinished-"


class ResultFolder:
    """The folder that a command writes into.

    ``staging()`` gives a hidden folder beside the final files, on the same disk; when its block
    ends well, the files move to their names one by one, each at once; when it fails, nothing of
    them remains and older results stand untouched. What a killed run left is cleared away.
    """

    def __init__(self, folder: Path, *, source: str | Sequence[Path] = ()) -> None:
        """Makes the folder if need be and tries to write, before any work begins. Raises
        ``BadInput``, also where the results would replace ``source``, what they are made from."""
        self.folder = folder
        made = {os.path.realpath(folder / name) for name in FILES}
        for one in [source] if isinstance(source, str) else source:
            if one and os.path.realpath(one) in made:
                raise BadInput("output", folder, f"the results would replace {one}; name another")
        try:
            self._made = not folder.exists()
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            why = error.strerror or str(error)
            raise BadInput("output", folder, f"cannot write results there: {why}") from None

    @contextlib.contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder for the files. Raises ``Failed`` when the disk refuses."""
        try:
            for old in self.folder.glob(f"{_UNFINISHED}*"):
                shutil.rmtree(old, ignore_errors=True)
            stage = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder))
            try:
                yield stage
                made = sorted(stage.iterdir())
                for file in made:
                    file.replace(self.folder / file.name)
                for name in set(FILES) - {file.name for file in made}:
                    (self.folder / name).unlink(missing_ok=True)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
        except OSError as error:
            why = error.strerror or str(error)
            raise Failed("output", self.folder, f"results could not be written: {why}") from None

    def discard_if_empty(self) -> None:
        """Takes away a folder that this run made and left empty."""
        if self._made:
            with contextlib.suppress(OSError):
                self.folder.rmdir()
