"""From frames to ``attribute.summary``: staff and single people stay in, whole quarters go out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.camera.analysis import analyse
from miseban.camera.attributes import (
    FORGET_S,
    AttributeWatch,
    check_attributes,
    open_attributes,
    told_zones,
)
from miseban.vision.attributes.looking import PersonReader
from miseban.vision.attributes.moments import Moment
from miseban.vision.detectors import open_detector
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap, Source, SourceInfo
from miseban.vocabulary.attributes import Attribute
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import AttributeSummary, Event, VisitEnded, ZoneEntered
from miseban.vocabulary.policies import Permission
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import TrackRows
from tests.shared import MODELS, VIDEO, need
from tests.vision.attributes.people import PAUSE, POSES
from tests.vision.detectors.conftest import clip, grey

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
Boxes = NDArray[np.float64]


def shop(
    width: int = 200,
    height: int = 100,
    more: str = "",
    *,
    text: str = 'policy = "jp"',
    points: str = "",
) -> Shop:
    return parse_shop(
        f"""
[shop]
id = "s"
timezone = "Asia/Tokyo"
{text}
[notice]
operator = "S"
purpose = "statistics"
data = ["gender", "age", "expression"]
retention_days = 365
contact = "S"
posted = 2026-05-01
[[camera]]
id = "c"
source = "usb:0"
resolution = [{width}, {height}]
{points}
[[zone]]
id = "all"
kind = "area"
camera = "c"
polygon = [[0, 0], [{width}, 0], [{width}, {height}], [0, {height}]]
{more}
""",
        "shop.toml",
    )


INNER = """
[[zone]]
id = "inner"
kind = "area"
camera = "c"
polygon = [[0, 0], [100, 0], [100, 100], [0, 100]]
"""
CREW = """
[[zone]]
id = "behind"
kind = "crew"
camera = "c"
polygon = [[140, 0], [200, 0], [200, 100], [140, 100]]
"""


class Film:
    """Shows ``pictures``, in order of time, as one source."""

    def __init__(self, pictures: list[tuple[float, NDArray[np.uint8]]]) -> None:
        height, width = pictures[0][1].shape[:2]
        self.info = SourceInfo("usb:0", width, height, 5.0, None, False, START)
        self.incomplete = ""
        self.gaps: list[Gap] = []
        self._pictures = pictures

    def frames(self) -> Iterator[Frame]:
        for number, (time_s, image) in enumerate(self._pictures, start=1):
            yield Frame(image.copy(), number, time_s, START + timedelta(seconds=time_s))

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class Played:
    """A detector that sees people where ``where`` says, by time."""

    name = "played"

    def __init__(self, where: Callable[[float], list[list[float]]]) -> None:
        self._where = where

    def detect(self, frame: Frame) -> Detections:
        boxes = np.array(self._where(frame.time_s), float).reshape(-1, 4)
        return Detections(boxes, np.full(len(boxes), 0.9))

    def close(self) -> None:
        """Nothing is open."""


class Told(PersonReader):
    """Reads men in the left half of the picture and women in the right, without a network, and
    notes where it looked."""

    def __init__(self) -> None:
        self.models = ("told",)
        self.looked: list[float] = []

    def reads(self) -> tuple[Attribute, ...]:
        return ("gender", "age")

    def look(self, frame: Frame, xyxy: Boxes, others: object = ()) -> tuple[Moment | None, None]:
        middle = float(xyxy[0] + xyxy[2]) / 2
        self.looked.append(middle)
        male = 0.99 if middle < 100 else 0.01
        return Moment(0.5, np.full(4, male), np.full(4, 50.0)), None


def one_at_a_time(x_of: Callable[[int], float], each_s: float = 30.0) -> Played:
    """A new person every ``each_s`` seconds, who stands for 10 seconds."""

    def where(time_s: float) -> list[list[float]]:
        n, since_s = divmod(time_s, each_s)
        x = x_of(int(n))
        return [[x - 8, 40, x + 8, 90]] if since_s < 10 else []

    return Played(where)


def run(
    detector: Played, place: Shop, minutes: float, reader: Told | None = None
) -> tuple[list[AttributeSummary], list[Event]]:
    times = np.arange(0, minutes * 60, 1.0).tolist()
    film = Film([(t, grey(200, 100)) for t in times])
    permission = Permission(("gender", "age", "expression"), 5)
    watch = AttributeWatch(reader or Told(), place, "c", permission, START)
    # The film is grey and the people are played: a gate would see nothing happen.
    result = analyse(film, detector, place, "c", attributes=watch, gate=False)
    return [e for e in result.events if isinstance(e, AttributeSummary)], result.events


def told(event: AttributeSummary) -> dict[str, dict[str, int]]:
    return {
        counts.attribute: {str(value): n for value, n in counts.told.items()}
        for counts in event.attributes
    }


def test_half_an_hour_of_men_and_women() -> None:
    """60 people in 30 minutes, men and women by turns; the last quarter is not whole."""
    found, events = run(one_at_a_time(lambda n: 50 if n % 2 else 150), shop(), 40)
    assert [event.time - START for event in found] == [timedelta(minutes=m) for m in (15, 30)]
    visits = [event for event in events if isinstance(event, VisitEnded)]
    for event in found:
        assert event.zone == "all"
        inside = [v for v in visits if event.time - timedelta(minutes=15) <= v.time < event.time]
        assert event.visitors == len(inside) == 30
        assert told(event)["gender"] == {"female": 15, "male": 15}
        assert told(event)["age"] == {}  # all are of one band, which is not told either
        assert {counts.attribute for counts in event.attributes} == {"gender", "age"}


def test_a_zone_in_a_zone_takes_its_people_from_it() -> None:
    """Whoever stands in both is told of in one of them only."""
    found, _ = run(one_at_a_time(lambda n: 50 if n % 2 else 150), shop(more=INNER), 16)
    assert sorted((event.zone, event.visitors) for event in found) == [("all", 15), ("inner", 15)]
    assert all(told(event)["gender"] == {} for event in found)  # only men here, only women there


def test_few_people_are_not_told_of() -> None:
    found, events = run(one_at_a_time(lambda n: 50 if n % 2 else 150, each_s=225.0), shop(), 16)
    assert sum(isinstance(event, VisitEnded) for event in events) == 5  # one after the quarter
    assert found == []


def test_staff_are_not_looked_at_and_not_counted() -> None:
    """Every third person stands behind the counter."""
    reader = Told()
    detector = one_at_a_time(lambda n: (50.0, 120.0, 170.0)[n % 3])
    found, events = run(detector, shop(more=CREW), 16, reader)
    crew = {e.visit for e in events if isinstance(e, ZoneEntered) and e.zone == "behind"}
    assert len(crew) == 10
    assert max(reader.looked) < 130
    assert [event.zone for event in found] == ["all"]
    assert found[0].visitors == 20
    assert told(found[0])["gender"] == {"female": 10, "male": 10}


def test_who_goes_behind_the_counter_was_staff_all_along() -> None:
    def where(time_s: float) -> list[list[float]]:
        n, since_s = divmod(time_s, 60)
        x = min(100 + 4 * since_s, 170) if n % 2 else 50
        return [[x - 8, 40, x + 8, 90]] if since_s < 30 else []

    found, _ = run(Played(where), shop(more=CREW), 16)
    assert found[0].visitors == 8
    assert all(not any(values.values()) for values in told(found[0]).values())


def rows_of(frame: Frame, people: dict[int, float]) -> TrackRows:
    """One row for each track, which stands at the given x."""
    boxes = np.array([[x - 8, 40, x + 8, 90] for x in people.values()], float).reshape(-1, 4)
    many = len(people)
    return TrackRows(
        np.full(many, frame.time_s), np.array(list(people), np.int64), boxes,
        np.full(many, 0.9), np.full(many, frame.number),
    )  # fmt: skip


def offer(
    watch: AttributeWatch, time_s: float, people: dict[int, float], visit_of: dict[int, str]
) -> None:
    frame = Frame(grey(200, 100), round(time_s * 10) + 1, time_s, START)
    watch.offer(frame, rows_of(frame, people), visit_of)


@pytest.mark.parametrize("back_s", [2.0, FORGET_S + 60])
def test_the_mark_of_staff_stays_with_the_visit_when_the_track_breaks(back_s: float) -> None:
    """One step behind the counter, too short for an event; then the tracker loses them."""
    _, events = run(one_at_a_time(lambda _: 50, each_s=900), shop(), 1)
    (visit,) = [event.visit for event in events if isinstance(event, VisitEnded)]
    reader = Told()
    watch = AttributeWatch(reader, shop(more=CREW), "c", Permission(("gender",), 5), START)
    offer(watch, 0.0, {1: 170}, {})
    for n in range(4):
        # For a moment it is not known whose visit the next track is.
        visit_of = {1: visit, 2: visit} if n else {1: visit}
        offer(watch, back_s + n, {2: 50}, visit_of)
    offer(watch, back_s + 2 * FORGET_S, {3: 50}, {1: visit, 2: visit, 3: visit})
    assert reader.looked == []
    watch.take(events, {1: visit, 2: visit, 3: visit})
    assert watch._cells._visitors.total() == 0
    assert (len(watch._tracks), len(watch._staff)) == (0, 0)


def test_other_visits_are_looked_at_beside_staff() -> None:
    reader = Told()
    watch = AttributeWatch(reader, shop(more=CREW), "c", Permission(("gender",), 5), START)
    assert watch.knows_staff
    for n in range(3):
        offer(watch, float(n), {1: 170, 2: 50}, {1: "a", 2: "b"})
    assert reader.looked == [50, 50, 50]
    offer(watch, 4.0, {3: 60}, {1: "a", 2: "b", 3: "a"})
    assert reader.looked == [50, 50, 50]


def test_without_a_crew_zone_nothing_tells_staff() -> None:
    watch = AttributeWatch(Told(), shop(), "c", Permission(("gender",), 5), START)
    assert not watch.knows_staff


def test_nobody_is_looked_at_where_nothing_can_be_read() -> None:
    reader = Told()
    watch = AttributeWatch(reader, shop(), "c", Permission(("expression",), 5), START)
    offer(watch, 0.0, {1: 50}, {1: "a"})
    assert (watch.reads, reader.looked) == ((), [])


def test_visits_marked_staff_are_left_out() -> None:
    place = shop()
    watch = AttributeWatch(Told(), place, "c", Permission(("gender",), 5), START)
    _, events = run(one_at_a_time(lambda n: 50 if n % 2 else 150), place, 16)
    marked = [
        event.model_copy(update={"role": "staff"}) if isinstance(event, VisitEnded) else event
        for event in events
    ]
    other = AttributeWatch(Told(), place, "c", Permission(("gender",), 5), START)
    watch.take(events, {})
    other.take(marked, {})
    assert watch._cells._visitors.total() == 32
    assert other._cells._visitors.total() == 0


def test_what_was_read_is_dropped_when_the_visit_ends() -> None:
    place = shop()
    watch = AttributeWatch(Told(), place, "c", Permission(("gender",), 5), START)
    held: list[int] = []
    detector = one_at_a_time(lambda n: 50 if n % 2 else 150)
    film = Film([(t, grey(200, 100)) for t in np.arange(0, 300, 1.0).tolist()])
    analyse(
        film, detector, place, "c", attributes=watch, gate=False,
        progress=lambda _: held.append(len(watch._tracks)),
    )  # fmt: skip
    assert max(held) <= 2
    assert held.count(0) > 30
    assert (len(watch._tracks), len(watch._stays), len(watch._staff)) == (0, 0, 0)


def test_the_same_picture_is_not_looked_at_twice() -> None:
    """Somebody stands still: frames that the detector is spared show nothing new of them."""
    place, reader = shop(), Told()
    watch = AttributeWatch(reader, place, "c", Permission(("gender",), 5), START)
    film = Film([(t, grey(200, 100)) for t in np.arange(0, 6, 0.5).tolist()])
    result = analyse(film, Played(lambda _: [[42, 40, 58, 90]]), place, "c", attributes=watch)
    assert result.detections is not None
    assert 0 < len(reader.looked) <= result.detections < len(result.frames) - 2
    assert len(result.rows) > result.detections  # they are followed all the while


class Breaks(Told):
    """Its network fails at the fourth look."""

    def look(self, frame: Frame, xyxy: Boxes, others: object = ()) -> tuple[Moment | None, None]:
        found = super().look(frame, xyxy, others)
        if len(self.looked) > 3:
            raise Failed("model-fault", "models/net.onnx", "the network failed at run time")
        return found


def test_a_reader_that_breaks_ends_the_reading_and_not_the_counting() -> None:
    place, reader = shop(more=CREW), Breaks()
    watch = AttributeWatch(reader, place, "c", Permission(("gender",), 5), START)
    film = Film([(t, grey(200, 100)) for t in np.arange(0, 300, 1.0).tolist()])
    detector = one_at_a_time(lambda n: (50.0, 170.0)[n % 2])
    result = analyse(film, detector, place, "c", attributes=watch, gate=False)
    assert watch.fault == "net: the network failed at run time, at 5 s"
    assert len(reader.looked) == 4
    assert (result.incomplete, len(result.frames)) == ("", 300)
    assert sum(isinstance(event, VisitEnded) for event in result.events) == 10
    assert watch._cells._visitors.total() == 5  # staff are still told from visitors


def test_what_cannot_be_read_is_named() -> None:
    watch = AttributeWatch(Told(), shop(), "c", Permission(("gender", "expression"), 5), START)
    assert (watch.reads, watch.unreadable) == (("gender",), ("expression",))


def test_pictures_older_than_the_notice_are_refused() -> None:
    # 23:30 of 30 April in Tokyo is still April there, though it is 14:30 in London.
    april = datetime(2026, 4, 30, 14, 30, tzinfo=UTC)
    with pytest.raises(BadInput, match=r"posted 2026-05-01, these are of 2026-04-30"):
        open_attributes(shop(), "shop.toml", "c", april)


def test_a_notice_of_what_nobody_can_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any model is opened: no face is read for what may not be told."""
    place = shop()
    assert place.notice is not None
    notice = place.notice.model_copy(update={"data": ("expression",)})
    monkeypatch.setattr("miseban.camera.attributes.open_reader", None)
    with pytest.raises(BadInput, match="gender and age; policy and notice allow expression") as no:
        open_attributes(place.model_copy(update={"notice": notice}), "shop.toml", "c", START)
    assert no.value.code == "attributes-refused"


FLOOR = """
[[camera]]
id = "d"
source = "usb:1"
resolution = [200, 100]
"""
POINTS = """floor_points = [
  { pixel = [10, 10], floor_m = [1, 1] },
  { pixel = [190, 10], floor_m = [7, 1] },
  { pixel = [190, 90], floor_m = [7, 5] },
  { pixel = [10, 90], floor_m = [1, 5] },
]
"""
ON_FLOOR = """
[[zone]]
id = "plan"
kind = "area"
polygon = [[1, 1], [5, 1], [5, 4], [1, 4]]
"""


@pytest.mark.parametrize(
    ("of_the_other", "expected"),
    [
        pytest.param("", ["all", "plan"], id="one camera sees the floor"),
        pytest.param(POINTS, ["all"], id="two do"),
    ],
)
def test_the_floor_is_told_of_by_one_camera_or_by_none(
    of_the_other: str, expected: list[str]
) -> None:
    """Two cameras tell of nearly the same people: their difference would be a few."""
    place = shop(
        text="""policy = "jp"
floor = { width_m = 8, depth_m = 6 }""",
        points=POINTS,
        more=FLOOR + of_the_other + ON_FLOOR,
    )
    assert told_zones(place, "c") == expected


def test_a_camera_without_an_area_is_refused() -> None:
    place = shop().model_copy(update={"zones": ()})
    with pytest.raises(BadInput, match=r'shop.toml: attributes need an area .* camera "c"'):
        check_attributes(place, "shop.toml", "c")


def test_aggregates_of_the_clips_are_what_a_person_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clips by turns, a minute apart, as different visitors each time: a woman, a man and a
    woman who look into the lens; a woman who leans away and a man. A person sees three women and
    two men every two minutes. Told are the women and men that could be read; nobody is told wrong.
    """
    pytest.importorskip("openvino")
    monkeypatch.setenv("MISEBAN_MODELS", str(need(MODELS)))
    shows = [clip(need(VIDEO / PAUSE), 40)[19:40:3], clip(need(VIDEO / POSES), 8)]
    blank = grey(480, 270)
    pictures = []
    for n in range(14):
        pictures.append((n * 60.0, blank))
        images = shows[n % 2]
        pictures += [(n * 60.0 + 1 + 0.45 * i, image) for i, image in enumerate(images)]
    pictures += [(900.0 + t, blank) for t in (0.0, 30.0)]
    place = shop(480, 270)

    watch = open_attributes(place, "shop.toml", "c", START)
    assert (watch.reads, watch.unreadable) == (("gender", "age"), ("expression",))
    # Without the gate, so that every picture is a look and the figures are exact.
    detector = open_detector("yolox-nano")
    result = analyse(Film(pictures), detector, place, "c", attributes=watch, gate=False)
    (event,) = [e for e in result.events if isinstance(e, AttributeSummary)]
    assert event.time == START + timedelta(minutes=15)
    assert event.visitors == pytest.approx(35, abs=2)
    gender = told(event)["gender"]
    # The woman with dark hair and the man of the second clip, seven times each. The fair woman is
    # read as 22, near to where people are left out for being too young; the others abstain.
    assert gender["male"] == 7
    assert gender["female"] in (7, 14)
    counts = next(one for one in event.attributes if one.attribute == "gender")
    assert counts.judged == sum(gender.values())
