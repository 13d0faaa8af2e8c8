"""What ``miseban hub`` and ``miseban run`` do: a box, its doors, and what cameras deliver to it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI

from miseban.camera.delivery.address import HubAddress, parse_hub
from miseban.camera.process.logs import log, start_logging
from miseban.camera.process.memory import take_it_plainly
from miseban.hub.api.app import create_app
from miseban.hub.intake.local import LocalIntake
from miseban.hub.intake.mqtt import MqttIntake
from miseban.hub.mqtt_access import HUB_USER
from miseban.hub.mqtt_broker import Broker
from miseban.hub.running.box import Box, open_box, read_files, utc_now
from miseban.hub.running.broker import OwnBroker
from miseban.hub.running.certificate import Renewal, certificate_of
from miseban.hub.running.loop import HubLoop
from miseban.hub.running.others import in_the_loop
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import Settings, load_settings, split_address
from miseban.hub.tls import TlsFiles
from miseban.vocabulary.errors import MisebanError

_LOG = log("hub")

SOCKET = "hub.sock"
"""In the data folder: where camera processes of this machine deliver."""
Beside = Callable[[Box], AbstractContextManager[Any]]
"""What runs beside the hub while it serves."""


def run_hub(
    shop_file: Path,
    settings_file: Path | None,
    *,
    data: Path | None = None,
    listen: str | None = None,
    log_form: Literal["json", "text"] | None = None,
    beside: Beside = lambda _: nullcontext(),
    until: threading.Event | None = None,
    on_ready: Callable[[Box, int], None] = lambda _box, _port: None,
    now: Callable[[], datetime] = utc_now,
    pages: Callable[[FastAPI], None] = lambda _: None,
    check: Callable[[], None] = lambda: None,
) -> bool:
    """Runs a hub until a signal or ``until``; ``data`` and ``listen`` stand above the settings.
    ``now`` is the machine's clock, which may be set at any time; ``pages`` adds what browsers are
    shown. Returns whether it is to begin anew, for its memory: never where ``until`` is given, nor
    while a file is not as it must be for that; ``check`` looks at what else there is and raises
    ``BadInput``, too.

    Raises ``BadInput`` for whatever is wrong with what it was given.
    """
    settings = load_settings(settings_file, data=data, listen=listen)
    start_logging(log_form)
    take_it_plainly()
    anew = threading.Event()

    def outgrown() -> None:
        try:
            read_files(shop_file, load_settings(settings_file, data=data, listen=listen))
            check()
        except MisebanError as error:
            _LOG.error("it does not begin anew with these files", why=str(error))
        else:
            _LOG.warning("it begins anew")
            anew.set()

    with ExitStack() as running:
        box = running.enter_context(open_box(shop_file, settings, now=now, outgrown=outgrown))
        tls = _tls(settings, box)
        parts = HubLoop(box)
        address = running.enter_context(intake(box, tls))
        running.enter_context(beside(box))
        first = box.hub.people.doors.first_link(box.hub.now())

        def ready(port: int) -> None:
            if first is not None:  # on the screen of whoever starts it, never in a log
                base = box.hub.door.url.rsplit(":", 1)[0]
                print(f"Set up the first manager: {base}:{port}{first.path}", flush=True)
            on_ready(box, port)

        app = create_app(box.hub)
        pages(app)
        told = serve(
            app,
            settings.host,
            settings.port,
            tls,
            on_reload=box.reload_quietly,
            on_ready=ready,
            until=until or anew,
            beside=lambda: in_the_loop(parts, box, address),
            renew=Renewal(lambda: _tls(settings, box), lambda: box.hub.changed("certificate"), tls),
        )
    _LOG.info("closed")
    return until is None and anew.is_set() and not told


def _tls(settings: Settings, box: Box) -> TlsFiles | None:
    """The certificate to serve with; none where the settings say so."""
    if not settings.tls.on:
        return None
    return certificate_of(settings, box.hub.shop.shop.id, box.hub.now())


@contextmanager
def intake(box: Box, tls: TlsFiles | None) -> Iterator[HubAddress | None]:
    """Takes what cameras deliver: by a socket of this machine always, by a broker where the
    settings name one or want one of the hub's own. Gives the broker's address."""
    settings, hub = box.settings, box.hub
    shop, accept = hub.shop.shop.id, hub.journal.accept
    with ExitStack() as running:
        local = LocalIntake(settings.data / SOCKET, accept, hub.floor.take, hub.lessons)
        local.start()
        running.callback(local.stop)
        address = None
        if settings.broker is not None:
            listen = settings.broker.listen
            outside = None if listen is None else split_address(listen)
            broker = Broker(settings.broker_folder, settings.broker.inside, outside, tls)
            own = OwnBroker(broker, hub.devices, shop)
            own.start()
            running.callback(own.stop)
            changed = hub.changed
            his = ("devices", "certificate")
            hub.changed = lambda what: own.reload() if what in his else changed(what)
            inside = f"mqtt://{HUB_USER}@127.0.0.1:{broker.inside}"
            address = parse_hub(inside, password_file=broker.hub_password)
        elif settings.mqtt is not None:
            mqtt = settings.mqtt
            address = parse_hub(mqtt.broker, password_file=mqtt.password_file, ca=mqtt.ca)
        if address is not None:
            listening = MqttIntake(shop, address, accept, hub.floor.take)
            listening.start()
            running.callback(listening.stop)
            hub.lessons.ways.append(listening.teach)
        yield address
