"""Pages of staff: one that always listens and notes when each camera was heard of, and one that
comes, looks around and goes."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

QUESTIONS = ("visitors", "dwell", "occupancy", "heat", "paths", "funnel", "areas", "cameras")


class Listening:
    """Hears of events once the journal has them, by server-sent events, in a thread. ``events``
    counts them by camera; ``calls`` how often it had to call."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self._over = threading.Event()
        self._heard = threading.Condition()
        self._after: dict[str, float] = {}
        self._waiting: dict[str, float] = {}
        self.events: Counter[str] = Counter()
        self.calls = 0
        self._thread = threading.Thread(target=self._run, name="page that stays", daemon=True)
        self._thread.start()

    def wait_for(self, cameras: set[str], since_s: float, most_s: float) -> dict[str, float]:
        """By camera the seconds from ``since_s`` (of ``time.time``) until the first event that
        happened after it was heard of; infinite where none comes within ``most_s``."""
        with self._heard:
            self._waiting = dict.fromkeys(cameras, since_s)
            self._after = {}
            self._heard.wait_for(lambda: not self._waiting, most_s)
            self._waiting = {}
            return {name: self._after.get(name, float("inf")) for name in sorted(cameras)}

    def close(self) -> None:
        self._over.set()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self.calls += 1
                self._listen()
            except httpx.HTTPError:
                self._over.wait(1.0)

    def _listen(self) -> None:
        url = f"{self._url}/api/v1/live/events"
        with httpx.stream("GET", url, headers=self._headers, timeout=30) as answer:
            answer.raise_for_status()
            for line in answer.iter_lines():
                if self._over.is_set():
                    return
                if line.startswith("data:"):
                    self._note(json.loads(line[5:]))

    def _note(self, told: dict[str, Any]) -> None:
        now_s, camera = time.time(), told.get("camera") or ""
        with self._heard:
            self.events[camera] += 1
            since_s = self._waiting.get(camera)
            if since_s is None or "time" not in told:
                return
            if datetime.fromisoformat(told["time"]).timestamp() >= since_s:
                self._after[camera] = now_s - since_s
                del self._waiting[camera]
                self._heard.notify_all()


class Visiting:
    """Every half a minute or so asks one thing after another, listens for some seconds, and is
    gone without a word. ``failed`` are answers that were none."""

    def __init__(self, url: str, token: str, seed: int) -> None:
        self._url, self._headers = url, {"Authorization": f"Bearer {token}"}
        self._chance = random.Random(seed)
        self._over = threading.Event()
        self.visits = self.answers = 0
        self.failed: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._run, name="page that comes", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join(40)

    def _run(self) -> None:
        while not self._over.wait(self._chance.uniform(15.0, 40.0)):
            self.visits += 1
            try:
                with httpx.Client(base_url=self._url, headers=self._headers, timeout=30) as client:
                    self._look(client)
            except httpx.HTTPError as error:
                self.failed[type(error).__name__] += 1

    def _look(self, client: httpx.Client) -> None:
        now = datetime.now(UTC)
        span = {"since": (now - timedelta(hours=2)).isoformat(), "until": now.isoformat()}
        paths = ["/api/v1/live", "/api/v1/live/help", "/api/v1/alerts", "/metrics"]
        paths.append(f"/api/v1/questions/{self._chance.choice(QUESTIONS)}")
        for path in paths:
            answer = client.get(path, params=span if "questions" in path else None)
            self.answers += 1
            if answer.status_code >= 400:
                self.failed[f"{path} {answer.status_code}"] += 1
        until_s = time.monotonic() + self._chance.uniform(3.0, 12.0)
        with client.stream("GET", "/api/v1/live/events") as answer:
            for _ in answer.iter_lines():
                if time.monotonic() > until_s or self._over.is_set():
                    return
