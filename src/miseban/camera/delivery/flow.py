"""What a sender sends next: several batches under way, and again whatever the hub has not kept.

No network and no clock is touched here; ``now_s`` is any clock that never goes back. Each answer of
the hub says how far it has kept the stream, so one answer may stand for many, and an answer that is
lost is made good by the next. An answer that says nothing new while batches are under way means
that one of them did not arrive: everything after what is kept is sent again, in order ("go back
N"). When no answer comes at all, nothing is sent again blindly: an empty batch asks.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from miseban.camera.delivery.outbox import Outbox
from miseban.vocabulary.delivery import Ack, Batch

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """``batch_events`` in a batch at most, ``window`` batches under way at most. An event waits
    ``every_s`` for others to go with it, unless none went so long before. The hub is asked when it
    has not answered for ``ask_s``; each time after that the wait doubles, up to ``ask_most_s``:
    with the few seconds in which a hub is back at its broker, new events reach it within ten."""

    batch_events: int = 500
    window: int = 8
    every_s: float = 0.1
    ask_s: float = 1.0
    ask_most_s: float = 2.5


class Flow:
    """The delivery of one outbox: ``restart`` with each connection, then send what ``next`` gives
    and tell it what was ``answered``. ``full`` is whether the hub takes no more at present."""

    def __init__(self, outbox: Outbox, settings: FlowSettings | None = None) -> None:
        self._outbox, self._settings = outbox, settings or FlowSettings()
        self._sent_s = float("-inf")
        self.full = False
        self.restart()

    def restart(self) -> None:
        """Nothing is under way any more, and where the hub is must be asked."""
        self._stream = self._outbox.stream
        self._known = False
        self._kept = self._sent = 0
        self._again = False
        self._patience_s = self._settings.ask_s
        self._ask_at_s = float("-inf")
        self._under_way: list[int] = []  # the last number of each batch

    @property
    def known(self) -> bool:
        """Whether the hub has answered on this connection."""
        return self._known

    def next(self, now_s: float) -> Batch | None:
        """The batch to send now, if any."""
        if self._outbox.stream != self._stream:
            self.restart()
        if not self._known or self.full:
            return self._ask(now_s) if now_s >= self._ask_at_s else None
        self._sent = max(self._sent, self._outbox.oldest - 1)
        waiting = self._outbox.next - 1 - self._sent
        s = self._settings
        if (
            waiting > 0
            and len(self._under_way) < s.window
            and (waiting >= s.batch_events or now_s >= self._sent_s + s.every_s)
        ):
            return self._send(now_s)
        if self._under_way and now_s >= self._ask_at_s:
            return self._ask(now_s)
        return None

    def wait_s(self, now_s: float) -> float:
        """How long there is nothing to do, unless events or an answer come: not below 0, and
        infinite where only these can change it."""
        if self._outbox.stream != self._stream:
            return 0.0
        moments = []
        if not self._known or self.full or self._under_way:
            moments.append(self._ask_at_s)
        if self._known and not self.full:
            waiting = self._outbox.next - 1 > self._sent
            if waiting and len(self._under_way) < self._settings.window:
                moments.append(self._sent_s + self._settings.every_s)
        return max(0.0, min(moments, default=float("inf")) - now_s)

    def answered(self, ack: Ack, now_s: float) -> None:
        """The hub has answered. Answers to another stream are none of ours."""
        outbox = self._outbox
        if ack.stream != outbox.stream or self._stream != outbox.stream:
            return
        if ack.upto >= outbox.next:
            outbox.renew_stream()
            self.restart()
            return
        under_way = bool(self._under_way)
        news = not self._known or ack.upto > self._kept
        outbox.forget(ack.upto)
        self._kept = ack.upto
        self._under_way = [last for last in self._under_way if last > ack.upto]
        if not self._known or (not news and under_way and not self._again):
            # Some of what is under way did not arrive. The answers to the rest of it will say the
            # same: they must not make us send it all yet another time.
            self._again = self._known
            self._under_way.clear()
            self._sent = ack.upto
        elif news:
            self._again = False
        self._sent = max(self._sent, ack.upto, outbox.oldest - 1)
        self._known = True
        self._hear(ack, now_s, news=news)

    def _hear(self, ack: Ack, now_s: float, *, news: bool) -> None:
        full = ack.state == "full"
        if full != self.full:
            self.full = full
            told = log.error if full else log.info
            told("hub.full" if full else "hub.takes_again", source=self._outbox.source)
        if full:  # it has thrown away what is under way
            self._under_way.clear()
            self._sent = max(ack.upto, self._outbox.oldest - 1)
            self._patience_s = min(self._settings.ask_most_s, self._patience_s * 2)
        elif news:
            self._patience_s = self._settings.ask_s
        self._ask_at_s = now_s + self._patience_s

    def _send(self, now_s: float) -> Batch | None:
        batch = self._outbox.batch(self._sent, self._settings.batch_events)
        if not batch.lines or batch.head.stream != self._stream:
            return None
        if not self._under_way:
            self._ask_at_s = now_s + self._patience_s
        self._sent, self._sent_s = batch.last, now_s
        self._under_way.append(batch.last)
        return batch

    def _ask(self, now_s: float) -> Batch:
        self._again = False
        self._ask_at_s = now_s + self._patience_s
        self._patience_s = min(self._settings.ask_most_s, self._patience_s * 2)
        return self._outbox.batch(self._outbox.oldest - 1, 0)
