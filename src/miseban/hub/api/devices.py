"""``/api/v1/devices``: who may speak on the shop's broker, each by a password of its own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict

from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.mqtt_access import Kind
from miseban.hub.people.rights import Right
from miseban.vocabulary.identifiers import Name

router = APIRouter(prefix="/api/v1/devices", tags=["devices"], route_class=Route)
Id = Annotated[Name, Path(description="Of the device.")]


class NewDevice(BaseModel):
    """``camera``: a camera process of ours; ``onvif``: a camera of others that counts; ``reader``:
    a program that reads the figures for others."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "door", "kind": "camera"}]}
    )

    name: Name
    kind: Kind


class DeviceSeen(BaseModel):
    name: str
    kind: Kind
    made_at: AwareDatetime


class DeviceMade(BaseModel):
    """What the device is given; the password is shown this once."""

    user: str
    password: str


@router.get(
    "", summary="All devices", dependencies=[needs(Right.SET_SHOP)], responses=responses(401, 403)
)
def devices(hub: TheHub) -> list[DeviceSeen]:
    found = hub.devices.all()
    return [DeviceSeen(name=one.name, kind=one.kind, made_at=one.made_at) for one in found]


@router.post(
    "",
    status_code=201,
    summary="Let a device in",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403),
)
def add(body: NewDevice, hub: TheHub, by: By) -> DeviceMade:
    issued = hub.devices.add(body.name, body.kind, by.actor, hub.now())
    hub.changed("devices")
    return DeviceMade(user=issued.user, password=issued.password)


@router.delete(
    "/{device}",
    status_code=204,
    summary="Shut a device out",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(401, 403, 404),
)
def revoke(device: Id, hub: TheHub, by: By) -> None:
    if not any(one.name == device for one in hub.devices.all()):
        raise Trouble("not-found", "no such device", where="device")
    hub.devices.revoke(device, by.actor, hub.now())
    hub.changed("devices")
