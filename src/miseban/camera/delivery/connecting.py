"""Connections to a broker, and the waits between them: alike for cameras and for the hub."""

from __future__ import annotations

import random
from typing import Final

import aiomqtt

from miseban.camera.delivery.address import HubAddress

BACKOFF_S: Final = 0.25
BACKOFF_MOST_S: Final = 2.0
"""Before a connection is tried again; with the time-out of the try before it stays under 10 s."""
TIMEOUT_S: Final = 5.0
"""For the broker to answer anything."""
KEEPALIVE_S: Final = 10
"""A broker that is silent for twice as long is gone."""


def broker_client(address: HubAddress, identifier: str) -> aiomqtt.Client:
    """A client of the broker at ``address``, of which the broker remembers nothing afterwards."""
    return aiomqtt.Client(
        address.host,
        address.port,
        username=address.user,
        password=address.password,
        tls_context=address.tls_context(),
        identifier=identifier,
        clean_session=True,
        keepalive=KEEPALIVE_S,
        timeout=TIMEOUT_S,
    )


def backoff_s(attempt: int) -> float:
    """The wait before the next try, after ``attempt`` that failed; not the same for all cameras."""
    wait_s = min(BACKOFF_MOST_S, BACKOFF_S * 2.0 ** min(attempt, 10))
    return wait_s * random.uniform(0.5, 1.0)  # noqa: S311
