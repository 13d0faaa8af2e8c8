"""The outbox: what ``add`` took is there, whatever happens to the process or the file."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from miseban.camera.delivery.outbox import Outbox
from miseban.camera.delivery.storage import OutboxFull
from miseban.vocabulary.delivery import LARGEST_EVENT, read_batch
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENTS, Event, LineCrossed
from tests.camera.delivery.made import event, events


def told(outbox: Outbox, after: int = 0, most: int = 1000) -> list[Event]:
    return [EVENTS.validate_json(line) for line in outbox.batch(after, most).lines]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "out" / "door.sqlite"


def test_events_are_numbered_from_one_and_wait_until_they_are_kept(file: Path) -> None:
    outbox = Outbox(file, "door")
    assert (outbox.next, outbox.oldest, outbox.waiting) == (1, 1, 0)
    assert outbox.add(events(1, 3)) == 3
    assert outbox.add([]) == 3
    assert outbox.add(events(4, 5)) == 5
    batch = outbox.batch(1, 3)
    assert (batch.head.first, batch.last, batch.head.oldest) == (2, 4, 1)
    assert told(outbox, 1, 3) == events(2, 4)
    outbox.forget(2)
    assert (outbox.oldest, outbox.waiting) == (3, 3)
    assert told(outbox) == events(3, 5), "what is forgotten is passed over"
    outbox.forget(99)
    assert (outbox.oldest, outbox.next, outbox.waiting) == (6, 6, 0)
    empty = outbox.batch(5, 100)
    assert (empty.head.first, empty.head.events, empty.last) == (6, 0, 5)
    stream = outbox.stream
    outbox.close()
    again = Outbox(file, "door")
    assert (again.stream, again.next, again.waiting) == (stream, 6, 0), "numbers are never reused"


def test_a_batch_survives_its_way_and_stays_small(file: Path) -> None:
    outbox = Outbox(file, "door")
    long = event(1).model_copy(update={"visit": "v" * 400_000})
    outbox.add([long] * 5)
    batch = outbox.batch(0)
    assert len(batch.lines) == 2, "a batch is cut at a megabyte"
    assert read_batch(batch.encode(), "wire") == batch
    with pytest.raises(ValueError, match=str(LARGEST_EVENT)):
        outbox.add([event(1), event(1).model_copy(update={"visit": "v" * LARGEST_EVENT})])
    assert outbox.next == 6, "nothing of what was refused is there"


def test_one_process_has_it_at_a_time(file: Path) -> None:
    outbox = Outbox(file, "door")
    code = f"""
import sqlite3
from miseban.camera.delivery import storage
connect = sqlite3.connect
storage.sqlite3.connect = lambda file, timeout, **more: connect(file, timeout=0.1, **more)
storage.open_outbox({str(file)!r}, "door")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "outbox-in-use" in done.stderr or "another process has it" in done.stderr
    outbox.add(events(1, 1))


KILLED = """
import json, sys
from pathlib import Path
from miseban.camera.delivery.outbox import Outbox
from tests.camera.delivery.made import events
outbox = Outbox(Path(sys.argv[1]), "door")
number = outbox.next
while True:
    number = outbox.add(events(number, number + number % 7)) + 1
    print(json.dumps([outbox.stream, number - 1]), flush=True)
"""


def test_kill_9_takes_nothing_that_was_added(file: Path) -> None:
    streams = set()
    for lines in (1, 7, 40):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, file], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(lines)]
            os.kill(process.pid, signal.SIGKILL)
            said += process.stdout.read().splitlines()
        stream, last = json.loads([line for line in said if line.strip().endswith("]")][-1])
        outbox = Outbox(file, "door")
        streams.add(outbox.stream)
        assert outbox.stream == stream
        assert outbox.next > last
        found: list[Event] = []
        while rest := told(outbox, len(found)):
            found += rest
        assert found == events(1, outbox.next - 1), "in order, none twice, none missing"
        outbox.close()
    assert len(streams) == 1


@settings(max_examples=25, phases=[Phase.explicit, Phase.generate])
@given(
    where=st.floats(0, 1),
    what=st.binary(min_size=1, max_size=64),
    cut=st.booleans(),
    tail=st.sampled_from(["", "-wal"]),
)
def test_a_damaged_file_is_moved_aside_and_a_new_stream_begins(
    tmp_path_factory: pytest.TempPathFactory, where: float, what: bytes, cut: bool, tail: str
) -> None:
    file = tmp_path_factory.mktemp("damaged") / "door.sqlite"
    outbox = Outbox(file, "door")
    outbox.add(events(1, 40))
    stream = outbox.stream
    if tail:  # as a power cut leaves it
        copy = file.with_name("copy.sqlite")
        for end in ("", "-wal"):
            shutil.copy(f"{file}{end}", f"{copy}{end}")
        file = copy
    outbox.close()
    damaged = Path(f"{file}{tail}")
    data = bytearray(damaged.read_bytes())
    at = int(where * (len(data) - 1))
    data[at : at + len(what)] = what[: len(data) - at]
    damaged.write_bytes(data[: at + 1] if cut else data)
    again = Outbox(file, "door")
    again.add(events(41, 41))
    again.batch(0)  # reads it all: damage in the midst of an event shows only then
    if again.moved_aside is not None:
        assert again.moved_aside.exists()
        assert again.stream != stream
    found: list[Event] = []
    while rest := told(again, again.oldest - 1 + len(found), 7):
        found += rest
    assert found[-1:] == events(41, 41), "what is added afterwards is never lost"
    numbers = [int(one.visit, 16) for one in found if isinstance(one, LineCrossed)]
    assert found == [event(number) for number in numbers], "none of them is other than it was"
    assert numbers == sorted(set(numbers)), "in order, none twice"
    again.close()


def test_a_file_that_is_no_database_is_moved_aside_too(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("not a database " * 100)
    outbox = Outbox(file, "door")
    assert outbox.moved_aside == file.with_name("door.sqlite.damaged-1")
    assert outbox.moved_aside.read_text().startswith("not a database")
    outbox.close()
    file.write_text("nor is this " * 100)
    assert Outbox(file, "door").moved_aside == file.with_name("door.sqlite.damaged-2")


def test_damage_while_it_runs_costs_the_file_and_no_event_that_comes(file: Path) -> None:
    outbox = Outbox(file, "door")
    outbox.add(events(1, 2000))
    stream = outbox.stream
    outbox.close()
    outbox = Outbox(file, "door")
    outbox._db.execute("PRAGMA shrink_memory")  # else it would read what it still has in mind
    size = file.stat().st_size
    with file.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(os.urandom(size - 4096))
    assert outbox.batch(0, 1000).head.stream != stream
    saved = outbox.next - 1
    assert outbox.add(events(1, 2)) == saved + 2
    assert told(outbox, saved) == events(1, 2)
    assert outbox.moved_aside is not None
    assert told(outbox, 0, saved) == events(1, saved) if saved else True


def test_one_damaged_event_costs_no_other(file: Path) -> None:
    outbox = Outbox(file, "door")
    outbox.add(events(1, 5000))
    outbox.close()
    content = file.read_bytes()
    at = content.index(event(2345).id.encode())
    file.write_bytes(content[:at] + b"#" + content[at + 1 :])
    outbox = Outbox(file, "door")
    outbox.batch(2300, 100)
    assert outbox.moved_aside is not None
    found: list[Event] = []
    while rest := told(outbox, len(found)):
        found += rest
    assert found == events(1, 2344) + events(2346, 5000)


def test_a_full_disk_is_said_and_takes_nothing_away(file: Path) -> None:
    outbox = Outbox(file, "door")
    outbox.add(events(1, 100))
    pages = outbox._db.execute("PRAGMA page_count").fetchone()[0]
    outbox._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(OutboxFull, match="the disk takes no more"):
        outbox.add(events(101, 1000))
    assert outbox.next == 101
    assert told(outbox) == events(1, 100)
    outbox.forget(50)  # makes room
    outbox.add(events(101, 110))
    assert told(outbox) == events(51, 110)
    outbox._db.execute("PRAGMA max_page_count = 1000000")
    outbox.add(events(111, 1000))
    assert (outbox.next, outbox.lost) == (1001, 0)


def test_a_file_that_may_not_grow_is_said_too(file: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from miseban.camera.delivery.outbox import Outbox
from miseban.camera.delivery.storage import OutboxFull
from tests.camera.delivery.made import events
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
outbox = Outbox(Path(sys.argv[1]), "door")
outbox.add(events(1, 10))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
added = 10
try:
    while True:
        outbox.add(events(added + 1, added + 100))
        added += 100
except OutboxFull as full:
    print("full", outbox.next - 1 == added)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
outbox.add(events(added + 1, added + 100))
print(outbox.next - 1)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, file], capture_output=True, text=True, check=True
    )
    said, last = done.stdout.split("\n")[:2]
    assert said == "full True"
    outbox = Outbox(file, "door")
    assert outbox.next - 1 == int(last)
    assert len(told(outbox)) == min(1000, int(last))


def test_at_its_limit_the_oldest_go_and_are_counted(file: Path) -> None:
    outbox = Outbox(file, "door", limit_bytes=400_000)
    for n in range(1, 4000, 50):
        outbox.add(events(n, n + 49))
    assert outbox.lost > 0
    assert outbox.oldest == outbox.lost + 1
    assert outbox.waiting == 4000 - outbox.lost
    assert file.stat().st_size < 600_000
    assert told(outbox, 0, 1) == [event(outbox.oldest)]
    assert outbox.batch(0, 1).head.oldest == outbox.oldest
    lost = outbox.lost
    outbox.close()
    assert Outbox(file, "door").lost == lost


def test_a_hub_that_knows_more_than_we_makes_a_new_stream(file: Path) -> None:
    outbox = Outbox(file, "door")
    outbox.add(events(1, 900))
    outbox.forget(300)
    stream = outbox.stream
    outbox.renew_stream()
    assert outbox.stream != stream
    assert (outbox.oldest, outbox.next) == (1, 601)
    assert told(outbox) == events(301, 900)
    outbox.close()
    assert Outbox(file, "door").waiting == 600


def test_what_cannot_be_an_outbox_is_refused(tmp_path: Path, file: Path) -> None:
    outbox = Outbox(file, "door")
    outbox.close()
    later = sqlite3.connect(file)
    later.execute("PRAGMA user_version = 9")
    later.close()
    with pytest.raises(BadInput, match="later miseban"):
        Outbox(file, "door")
    (tmp_path / "folder.sqlite").mkdir()
    with pytest.raises(BadInput, match=r"folder\.sqlite"):
        Outbox(tmp_path / "folder.sqlite", "door")


def test_an_outbox_of_another_source_is_not_sent_as_ours(file: Path) -> None:
    outbox = Outbox(file, "door")
    outbox.add(events(1, 3))
    outbox.close()
    other = Outbox(file, "tills")
    assert other.moved_aside is not None
    assert other.waiting == 0
