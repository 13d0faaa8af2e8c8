"""Devices in the database, of both kinds; on a real broker they are in ``test_mqtt_access.py``."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from miseban.hub.mqtt_access import MqttAccess
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import People
from miseban.vocabulary.errors import BadInput
from tests.hub.people.staff import NOW


def test_devices_are_kept_listed_and_revoked(people: People, engine: Engine) -> None:
    access = MqttAccess(engine)
    issued = [access.add(name, "camera", CONSOLE, NOW) for name in ("till", "door")]
    with pytest.raises(BadInput, match="till: is there already"):
        access.add("till", "reader", CONSOLE, NOW)
    assert [(one.name, one.kind, one.made_at) for one in access.all()] == [
        ("door", "camera", NOW), ("till", "camera", NOW),
    ]  # fmt: skip
    lists = access.lists("tokyo", "of the hub")
    users = [line.partition(":")[0] for line in lists.passwords.splitlines()]
    assert users == ["hub", "hub-others", "door", "till"]
    for secret in (issued[0].password, issued[1].password, "of the hub"):
        assert secret not in lists.passwords + lists.access
    access.revoke("door", CONSOLE, NOW)
    after = access.lists("tokyo", "of the hub")
    assert "door" not in after.passwords + after.access
    assert [e.act for e in people.audit.entries()] == ["device.revoke", "device.add", "device.add"]
    assert people.audit.verify().number == 3
