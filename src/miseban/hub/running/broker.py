"""The shop's own Mosquitto, run by the hub: its files written, started, and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Final

from miseban.camera.process.logs import log
from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.mqtt_broker import Broker, write_broker, write_lists
from miseban.vocabulary.errors import BadInput

BACKOFF_S: Final = (0.5, 1.0, 2.0, 5.0)
WELL_S: Final = 60.0
"""One that ran so long and then fell is begun anew at once."""
LOOK_S: Final = 1.0
"""Between two looks at its lists: ``miseban device`` writes them too, in a process of its own."""
_LOG = log("broker")


class OwnBroker:
    """``start`` and ``stop`` it; ``reload`` after devices were added or revoked. Lists that others
    have written are read within ``LOOK_S`` too."""

    def __init__(self, broker: Broker, access: MqttAccess, shop: str) -> None:
        """Raises ``BadInput`` (``mosquitto``) where the program is not installed."""
        self._broker, self._access, self._shop = broker, access, shop
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
        program = shutil.which("mosquitto", path=path)
        if program is None:
            what = "a broker of its own needs the program mosquitto (apt-get install mosquitto)"
            raise BadInput("mosquitto", "[broker]", what)
        self._program = Path(program)
        self._process: subprocess.Popen[bytes] | None = None
        self._read: tuple[tuple[int, int], ...] = ()  # the lists that it knows
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)

    def start(self) -> None:
        """Raises ``Failed`` (``broker``) where its folder cannot be used."""
        write_broker(self._broker, self._access, self._shop)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        with self._lock:
            if self._process is not None:
                self._process.terminate()
        if self._thread.is_alive():
            self._thread.join(15)

    def reload(self) -> None:
        """It reads anew who may speak, without letting go of whoever is connected. Raises
        ``Failed`` (``broker``)."""
        write_lists(self._broker, self._access, self._shop)
        self._read = self._broker.written()
        self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.send_signal(signal.SIGHUP)

    def _run(self) -> None:
        failures = 0
        while not self._ended.is_set():
            with self._lock:
                if self._ended.is_set():
                    return
                self._read = self._broker.written()
                self._process = subprocess.Popen(  # noqa: S603  (our own file, no shell)
                    [str(self._program), "-c", str(self._broker.configuration)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            _LOG.info("broker runs", pid=self._process.pid)
            well = self._wait(self._process)
            if self._ended.is_set():
                return
            failures = 0 if well else failures + 1
            _LOG.error("broker ended", status=self._process.returncode)
            self._ended.wait(BACKOFF_S[min(failures, len(BACKOFF_S) - 1)])

    def _wait(self, process: subprocess.Popen[bytes]) -> bool:
        """Until it ends; whether it ran long enough to be well."""
        since_s = time.monotonic()
        while True:
            try:
                process.wait(LOOK_S)
            except subprocess.TimeoutExpired:
                written = self._broker.written()
                if written != self._read:
                    self._read = written
                    _LOG.info("broker reads its lists again")
                    self._hang_up()
                continue
            return time.monotonic() - since_s >= WELL_S
