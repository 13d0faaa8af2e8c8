"""A page that listens all day and asks everything there is to be asked."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import httpx

QUESTIONS = ("visitors", "dwell", "occupancy", "heat", "paths", "funnel", "areas", "cameras")
OTHERS = ("/api/v1/live", "/api/v1/live/help", "/api/v1/shop", "/api/v1/alerts", "/notice",
          "/api/v1/privacy/policy", "/api/v1/privacy/notice", "/api/v1/hooks", "/metrics",
          "/api/v1/devices", "/api/v1/openapi.json", "/healthz")  # fmt: skip


class Page:
    """By ``url`` and ``token``; ``heard`` counts events, ``answers`` what was answered well and
    ``refused`` what was not."""

    def __init__(self, url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=120)
        self._over = threading.Event()
        self.heard = self.answers = 0
        self.refused: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def ask(self, since: datetime, until: datetime, folder: Path) -> None:
        """Everything of that time; the file of events is kept in ``folder``, to be looked into."""
        span = {"since": since.isoformat(), "until": until.isoformat()}
        asked: list[tuple[str, dict[str, str]]] = [(path, {}) for path in OTHERS]
        asked += [(f"/api/v1/questions/{name}", span) for name in QUESTIONS]
        asked.append(("/api/v1/events", span | {"limit": "1000"}))
        asked.append(("/api/v1/events/file", span))
        for path, parameters in asked:
            answer = self._client.get(path, params=parameters)
            if answer.status_code == 200:
                self.answers += 1
            else:
                self.refused.append(f"{path} {answer.status_code}")
            if path.endswith("file"):
                (folder / "events.parquet").write_bytes(answer.content)

    def post(self, path: str, body: dict[str, object]) -> None:
        self._client.post(path, json=body).raise_for_status()

    def close(self) -> None:
        self._over.set()
        self._client.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                with self._client.stream("GET", "/api/v1/live/events") as answer:
                    for line in answer.iter_lines():
                        self.heard += line.startswith("event:")
            except (httpx.HTTPError, RuntimeError):
                self._over.wait(1.0)
