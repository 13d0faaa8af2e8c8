"""Fetches one file over HTTP, going on where an earlier attempt was cut; the hash is for others to
check. A server may hang, lie and talk nonsense: all of it ends, and in one line.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from miseban.vision.models.registry import ModelFile
from miseban.vocabulary.errors import Failed

Progress = Callable[[str, int, int], None]
"""Called with a file's name, the bytes at hand and the bytes in all."""

TIMEOUT_S = 30.0
"""How long a server may stay silent, and how long it may be slower than ``SLOWEST``."""
SLOWEST = 1000.0
"""Bytes a second: below it a download would take hours, and the line is as good as cut."""
CHUNK = 1 << 16
BESIDE = "bring the file from elsewhere with --from DIR"


def download(file: ModelFile, out: IO[bytes], progress: Progress) -> None:
    """Appends to ``out`` what is missing of the file. Raises ``Failed``: ``download-refused``, or
    ``download-cut``, after which another call goes on; ``OSError`` where the disk refuses."""
    have = out.tell()
    if have > file.size:
        have = out.truncate(0)
    try:
        answer = _ask(file, have)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416:  # what is here is not a beginning of what the server has
                out.truncate(0)
            what = f"expected the file, the server answered {error.code} {_shown(error.reason)}"
        raise Failed("download-refused", file.address, what) from error
    except (OSError, http.client.HTTPException, ValueError, OverflowError) as error:
        # URLError is an OSError; the last two are redirects to addresses that are none.
        reason = getattr(error, "reason", None) or error
        what = f"no usable answer: {_shown(reason)}; check the network, or {BESIDE}"
        raise Failed("download-refused", file.address, what) from error
    with answer:
        if answer.status == 206 and not _starts_at(answer, have):
            sent = _shown(answer.headers.get("Content-Range") or "it knows not what")
            what = f"expected bytes from {have}, the server sent {sent.removeprefix('bytes ')}"
            raise Failed("download-refused", file.address, what)
        if have and answer.status != 206:  # a server without ranges sends the whole file again
            have = out.truncate(0)
        why = _Reason()
        write(_network(answer, why), out, file, have, progress)
    if out.tell() < file.size:
        what = (
            f"cut after {out.tell()} of {file.size} bytes{why.text}; run the same command to go on"
        )
        raise Failed("download-cut", file.address, what)


def _ask(file: ModelFile, have: int) -> http.client.HTTPResponse:
    request = urllib.request.Request(file.address)  # noqa: S310 - the registry admits http(s) only
    if have:
        request.add_header("Range", f"bytes={have}-")
    answer: http.client.HTTPResponse = _opener().open(request, timeout=TIMEOUT_S)
    return answer


def _shown(words: object) -> str:
    """What a server said, fit for a terminal: it may have said anything."""
    return "".join(c if c.isprintable() else " " for c in str(words))[:200].strip()


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Closes the answer that leads to no address at all, which its parent leaves open."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        try:
            return super().http_error_302(req, fp, code, msg, headers)
        except (ValueError, OverflowError):
            fp.close()
            raise

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _starts_at(answer: http.client.HTTPResponse, have: int) -> bool:
    return (answer.headers.get("Content-Range") or "").startswith(f"bytes {have}-")


@dataclass(slots=True)
class _Reason:
    """Why a download ended early, where that is known."""

    text: str = ""


def _network(answer: http.client.HTTPResponse, why: _Reason) -> Iterator[bytes]:
    """What comes until the end or a cut; errors of the network end it, none of the disk do."""
    since, came = time.monotonic(), 0
    while True:
        try:
            # Not ``read``: it waits for the whole chunk, for as long as single bytes drip in.
            chunk = answer.read1(CHUNK)
        except TimeoutError:
            why.text = f" (the server was silent for {TIMEOUT_S:g} s)"
            return
        except (http.client.HTTPException, OSError, ValueError):  # a chunk of no length
            return
        if not chunk:
            return
        yield chunk
        came += len(chunk)
        if (passed := time.monotonic() - since) >= TIMEOUT_S:
            if came < SLOWEST * passed:
                why.text = f" (fewer than {SLOWEST:g} bytes a second came)"
                return
            since, came = time.monotonic(), 0


def write(
    chunks: Iterator[bytes], out: IO[bytes], file: ModelFile, have: int, progress: Progress
) -> None:
    """Appends ``chunks`` to ``out``, which holds ``have`` bytes already."""
    progress(file.name, have, file.size)
    for chunk in chunks:
        have += out.write(chunk)
        progress(file.name, min(have, file.size), file.size)
        if have > file.size:  # more than the file has: it is another one, as the hash will say
            break
    out.flush()


def _opener() -> urllib.request.OpenerDirector:
    """Knows http and https and nothing else: no redirect leads to a local file or to FTP."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        _Redirects(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "miseban"), ("Accept-Encoding", "identity")]
    return opener
