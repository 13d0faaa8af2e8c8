"""What staff say of a facing, from a request to the camera's process: by a socket, by a broker; and
never to anybody else, or later."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from miseban.camera.delivery.address import parse_hub
from miseban.camera.delivery.calling import HubCall
from miseban.camera.delivery.lessons import LocalLessons
from miseban.camera.delivery.mqtt import MqttSender
from miseban.camera.delivery.outbox import Outbox
from miseban.hub.intake.desk import Desk
from miseban.hub.intake.lessons import AT_ONCE, FRESH_S, MOST, Lessons, sources_of
from miseban.hub.intake.local import LocalIntake
from miseban.hub.intake.mqtt import MqttIntake
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import ShelfConfirmed
from miseban.vocabulary.lessons import LISTENING, Lesson, read_lesson
from tests.camera.delivery.made import Keeping, events
from tests.hub.api.hubs import Place, open_hub
from tests.hub.intake.test_intake import batch, wait
from tests.insight.questions.shops import konbini
from tests.servers.mosquitto import Mosquitto

EGG = Lesson(shelf="fridge", facing="egg", state="empty")
WAY = "/api/v1/shelves/fridge/egg/confirmed"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with open_hub(tmp_path) as found:
        yield found


def said(place: Place, path: str = WAY, state: str = "empty") -> tuple[int, dict[str, object]]:
    return posted(place, "staff", path, {"state": state})


def posted(
    place: Place, role: str, path: str, said: dict[str, object]
) -> tuple[int, dict[str, object]]:
    async def ask() -> tuple[int, dict[str, object]]:
        async with place.client(role) as client:
            answer = await client.post(path, json=said)
            return answer.status_code, answer.json()

    return asyncio.run(ask())


def test_a_tap_is_kept_shown_and_told_to_the_camera_that_looks_there(
    place: Place, tmp_path: Path
) -> None:
    hub = place.hub
    intake = LocalIntake(tmp_path / "hub.sock", Keeping().accept, lessons=hub.lessons)
    intake.start()
    aisle: list[bytes] = []
    door: list[bytes] = []
    lines = [
        LocalLessons(tmp_path / "hub.sock", "aisle", aisle.append),
        LocalLessons(tmp_path / "hub.sock", "door", door.append),
    ]
    for line in lines:
        line.start()
    try:
        wait(lambda: {"aisle", "door"} <= hub.lessons._boxes.keys())
        assert said(place)[0] == 200
        wait(lambda: len(aisle) == 1)
        assert read_lesson(aisle[0], "aisle") == EGG
        call = HubCall(tmp_path / "hub.sock", "aisle")  # events go on meanwhile
        assert call([batch("aisle", 1, 4)])[0].upto == 4
        call.close()
    finally:
        began = time.monotonic()
        intake.stop()
        for line in lines:
            line.stop()
    assert time.monotonic() - began < 3.0, "nobody waits out his time at the end"
    assert door == []
    (kept,) = [e for e in hub.reader.events(["shelf.confirmed"]) if isinstance(e, ShelfConfirmed)]
    assert (kept.shelf, kept.facing, kept.state, kept.time) == (
        "fridge", "egg", "empty", place.clock(),
    )  # fmt: skip
    (shown,) = hub.live.snapshot(place.clock()).shelves
    assert (shown.state, shown.fill, shown.since) == ("empty", 0.0, place.clock())
    place.clock.at += timedelta(seconds=1)
    assert said(place, state="full")[0] == 200
    (shown,) = hub.live.snapshot(place.clock()).shelves
    assert (shown.state, shown.fill) == ("full", None)


@pytest.mark.parametrize(
    ("path", "state", "status", "words"),
    [
        ("/api/v1/shelves/fridge/eg/confirmed", "empty", 404, 'did you mean \\"fridge/egg\\"'),
        ("/api/v1/shelves/fridge/egg/confirmed", "blocked", 422, "state"),
        ("/api/v1/shelves/fri..dge/egg/confirmed", "empty", 422, "shelf"),
    ],
)
def test_what_is_wrong_with_it_is_named_and_nothing_is_kept(
    place: Place, path: str, state: str, status: int, words: str
) -> None:
    found, answer = said(place, path, state)
    assert found == status
    assert words.replace("\\", "") in str(answer)
    assert list(place.hub.reader.events(["shelf.confirmed"])) == []


REFERENCES = "/api/v1/shelves/fridge/references"


def test_what_an_installer_says_of_a_whole_shelf_is_a_reference_and_is_kept(place: Place) -> None:
    hub = place.hub
    hub.lessons.wait("aisle", 0.0)  # as the camera's process asks
    assert posted(place, "staff", REFERENCES, {"full": "all"})[0] == 403
    status, told = posted(place, "installer", REFERENCES, {"full": "all"})
    assert (status, told["full"], told["empty"]) == (200, ["egg"], [])
    (heard,) = [read_lesson(one, "aisle") for one in hub.lessons.wait("aisle", 10.0)]
    assert heard == Lesson(shelf="fridge", facing="egg", state="full", reference=True)
    status, told = posted(place, "installer", REFERENCES, {"full": "all", "empty": ["egg"]})
    assert (status, told["full"], told["empty"]) == (200, [], ["egg"])
    kept = [e for e in hub.reader.events(["shelf.confirmed"]) if isinstance(e, ShelfConfirmed)]
    assert sorted(one.state for one in kept) == ["empty", "full"]


@pytest.mark.parametrize(
    ("path", "given", "status", "words"),
    [
        (REFERENCES, {"full": ["egg"], "empty": ["egg"]}, 400, "each facing once"),
        (REFERENCES, {}, 400, "found none"),
        (REFERENCES, {"full": ["eg"]}, 404, 'did you mean "fridge/egg"'),
        (REFERENCES, {"full": "some"}, 422, "full"),
        ("/api/v1/shelves/fridg/references", {"full": "all"}, 404, 'did you mean "fridge"'),
    ],
)
def test_references_that_are_wrong_are_named_and_nothing_is_kept(
    place: Place, path: str, given: dict[str, object], status: int, words: str
) -> None:
    found, answer = posted(place, "installer", path, given)
    assert found == status
    assert words in str(answer)
    assert list(place.hub.reader.events(["shelf.confirmed"])) == []


def test_a_camera_of_before_still_understands_what_is_no_reference() -> None:
    assert b"reference" not in EGG.encode()
    told = Lesson(shelf="fridge", facing="egg", state="full", reference=True)
    assert read_lesson(told.encode(), "x") == told


def test_by_a_broker_beside_the_events_and_only_of_this_moment(tmp_path: Path) -> None:
    taught: list[bytes] = []
    keeping, lessons = Keeping(), Lessons()
    with Mosquitto(tmp_path / "broker") as broker:
        address = parse_hub(broker.address)
        intake = MqttIntake("s", address, keeping.accept)
        lessons.ways.append(intake.teach)
        lessons.tell(["door"], EGG)  # before there is a broker: forgotten
        intake.start()
        assert intake.wait_connected(10)
        lessons.tell(["door"], EGG)  # before there is a camera: forgotten
        outbox = Outbox(tmp_path / "door.sqlite", "door")
        sender = MqttSender(outbox, "s", address, taught=taught.append)
        sender.start()
        wait(lambda: sender.connected)
        now = Lesson(shelf="fridge", facing="milk", state="full")
        lessons.tell(["gate"], EGG)
        lessons.tell(["door"], now)
        wait(lambda: len(taught) == 1)
        outbox.add(events(1, 50, "door"))
        sender.wake()
        wait(lambda: outbox.waiting == 0)
        sender.stop(5)
        intake.stop()
        outbox.close()
    assert [read_lesson(one, "door") for one in taught] == [now]
    assert len(keeping.all) == 50


def test_what_waits_is_little_and_fresh() -> None:
    now = [0.0]
    lessons = Lessons(lambda: now[0])
    lessons.tell(["door"], EGG)  # nobody listens: nothing waits
    assert lessons.wait("door", 0.0) == []
    lessons.tell(["door"], EGG)
    now[0] += FRESH_S + 0.1
    assert lessons.wait("door", 0.0) == []
    for _ in range(3 * MOST):
        lessons.tell(["door"], EGG)
    told = [lessons.wait("door", 0.0) for _ in range(MOST // AT_ONCE + 1)]
    assert told == [*[[EGG.encode()] * AT_ONCE] * (MOST // AT_ONCE), []]
    now[0] += 3600
    lessons.tell(["gate"], EGG)
    assert not lessons._boxes, "who is gone is forgotten"


def test_who_waits_hears_it_at_once_and_the_end_too() -> None:
    lessons, heard = Lessons(), [[b"?"]]

    def listen() -> None:
        heard.append(lessons.wait("door", 60.0))
        heard.append(lessons.wait("door", 60.0))

    listening = threading.Thread(target=listen)
    listening.start()
    wait(lambda: "door" in lessons._boxes)
    lessons.tell(["door"], EGG)
    wait(lambda: len(heard) == 2)
    lessons.close()
    listening.join(5)
    assert heard == [[b"?"], [EGG.encode()], []]


def test_a_hub_of_before_is_asked_seldom(tmp_path: Path) -> None:
    desk = Desk(Keeping().accept)  # as each hub had it: what comes is a batch, or nothing
    assert desk.take([("door", LISTENING)]) == []


def test_the_processes_of_a_floor_are_all_told() -> None:
    shop = konbini()
    cameras = [one.id for one in shop.cameras]
    for camera in cameras:
        assert camera in sources_of(shop, camera)
    assert sources_of(shop, "nobody") == ("nobody",)


@pytest.mark.parametrize(
    "payload",
    [b"", b"{}", b"x" * 2000, EGG.encode()[:-1], EGG.encode().replace(b"empty", b"wrong"),
     EGG.encode().replace(b'"egg"', b'"e/g"'), EGG.encode().replace(b"version", b"by")],
)  # fmt: skip
def test_what_is_no_lesson_is_refused(payload: bytes) -> None:
    with pytest.raises(BadInput, match=r"lesson|message"):
        read_lesson(payload, "door")
