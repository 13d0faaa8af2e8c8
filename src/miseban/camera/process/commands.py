"""The processes of a shop's cameras, as a supervisor runs them."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from miseban.camera.child_process import Command
from miseban.camera.delivery.address import HubAddress
from miseban.camera.process.groups import groups_of
from miseban.camera.process.logs import log
from miseban.camera.process.opening import check_live
from miseban.camera.process.settings import Model, ProcessSettings
from miseban.vision.detectors import open_detector
from miseban.vocabulary.errors import BadInput, MisebanError
from miseban.vocabulary.policies import allow_appearance, allow_uniform
from miseban.vocabulary.shop import Shop, load_shop

_LOG = log("cameras")


def camera_commands(
    shop_file: Path,
    models: Mapping[str, Model],
    hub: HubAddress | Path,
    outbox: Path,
    *,
    gate: bool = True,
    closer: bool = False,
    appearance: bool = False,
    strict: bool = True,
) -> dict[str, Command]:
    """By its name, the command of each process for the cameras of ``models``. ``hub`` is a broker,
    or the socket of a hub on this machine; ``outbox`` the folder of all outboxes.

    Raises ``BadInput`` for what is wrong with the shop file, for cameras that are not live, and
    where policy or notice forbid what is asked for: unless ``strict``, that is switched off and the
    log says so, since cameras must not go on with what was allowed before; and a camera that cannot
    be run is left out, since one that is wrong must not hold up the others.
    """
    shop = load_shop(shop_file)
    if strict:
        check_cameras(shop, models, shop_file)
    else:
        models = _usable(shop, models, shop_file)
    looks = appearance and _allowed(lambda: appearance_s(shop, shop_file) > 0, strict)
    uniform = _allowed(lambda: allow_uniform(shop, shop_file), strict)
    program = [sys.executable, "-m", "miseban.camera.process.child"]
    commands = {}
    for source, group in groups_of(shop, list(models)).items():
        settings = ProcessSettings(
            shop_file=shop_file.absolute(),
            source=source,
            cameras={name: models[name] for name in group},
            hub=hub,
            outbox=outbox.absolute(),
            gate=gate,
            closer=closer,
            appearance=looks and len(group) > 1,
            uniform=uniform and len(group) > 1,
            theirs=_theirs(shop, group),
        )
        commands[source] = Command(program, settings.model_dump_json().encode())
    return commands


def appearance_s(shop: Shop, where: object) -> float:
    """How many seconds it may be remembered today what clothes look like. Raises ``BadInput``
    (``appearance-refused``)."""
    return allow_appearance(shop, where, datetime.now(ZoneInfo(shop.shop.timezone)).date())


def _allowed(ask: Callable[[], bool], strict: bool) -> bool:
    try:
        return ask()
    except BadInput as refused:
        if strict:
            raise
        _LOG.warning("switched off", why=str(refused))
        return False


def check_cameras(shop: Shop, models: Mapping[str, Model], shop_file: Path) -> None:
    """Raises ``BadInput`` unless there is a camera, all are live, and their models can be used."""
    if not models:
        raise BadInput("which-camera", shop_file, "expected a [[camera]]")
    check_live(shop, list(models), shop_file)
    for name in sorted({model.name for model in models.values()}):
        open_detector(name).close()


def _usable(shop: Shop, models: Mapping[str, Model], shop_file: Path) -> dict[str, Model]:
    """Those of ``models`` that can be run."""
    found, opened = {}, set[str]()
    for name, model in models.items():
        try:
            check_live(shop, [name], shop_file)
            if model.name not in opened:
                open_detector(model.name).close()
        except MisebanError as error:
            _LOG.error("camera left out", camera=name, why=str(error))
        else:
            opened.add(model.name)
            found[name] = model
    return found


def _theirs(shop: Shop, group: Collection[str]) -> str:
    """A hash of all that ``shop`` says of the cameras of ``group``: what is drawn on their pictures
    or on the floor, and the shop itself, but nothing of other cameras."""
    changes = {
        name: tuple(one for one in getattr(shop, name) if one.camera in (None, *group))
        for name in ("lines", "zones", "shelves")
    }
    zones = {zone.id for zone in changes["zones"]}
    changes["tills"] = tuple(one for one in shop.tills if {one.queue, one.service} & zones)
    changes["cameras"] = tuple(one for one in shop.cameras if one.id in group)
    told = shop.model_copy(update=changes).model_dump_json()
    return hashlib.sha256(told.encode()).hexdigest()[:16]
