"""How often somebody may try to log in, so that guessing is slow and nobody else pays for it.

A try costs a token of a bucket that fills again with time. Strangers have one bucket for each
account and network, and one for the network; a browser in which the account's owner has logged in
before has a bucket of its own (OWASP, Device Cookies), so that whoever tries passwords from outside
never keeps the owner out. There is none for the account alone: it would be a way to lock it.

The buckets lie in memory. What a restart forgets is no gain for whoever guesses: those of strangers
are nearly empty after it, as if all had been guessing before. Time is an argument; when it jumps
back nobody waits longer, when it jumps ahead the buckets are full once.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_MOST_BUCKETS = 20_000
_WHOLE: Final = 1.0 - 1e-9  # a try, for who comes again to the second


@dataclass(frozen=True, slots=True)
class Limit:
    """``tries`` at once, then one every ``again_s`` seconds. When a hub has just started a bucket
    holds ``at_start`` (None: it is full), and fills as others do."""

    tries: int
    again_s: float
    at_start: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    account_and_network: Limit = Limit(10, 60.0, at_start=2)
    network: Limit = Limit(60, 5.0, at_start=10)
    device: Limit = Limit(10, 60.0)


Key = tuple[str, ...]


class Throttle:
    """For threads. ``started`` is when the hub was; without it, long ago."""

    def __init__(self, started: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._started = started
        self._buckets: OrderedDict[Key, tuple[float, datetime]] = OrderedDict()

    def take(self, wanted: Sequence[tuple[Key, Limit]], now: datetime) -> int:
        """Takes a try from every bucket, or from none: then the seconds until all have one (at
        least 1; 0 where it was taken)."""
        with self._lock:
            if self._started is not None and now < self._started:
                self._started = now  # the clock went back
            left = [self._left(key, limit, now) for key, limit in wanted]
            waits = [
                (1.0 - has) * limit.again_s
                for (_, limit), has in zip(wanted, left, strict=True)
                if has < _WHOLE
            ]
            if waits:
                for (key, _), has in zip(wanted, left, strict=True):
                    if now < self._buckets.get(key, (0.0, now))[1]:
                        self._put(key, has, now)  # the clock went back: it fills from here
                return max(1, math.ceil(max(waits)))
            for (key, _), has in zip(wanted, left, strict=True):
                self._put(key, has - 1.0, now)
            return 0

    def give_back(self, wanted: Sequence[tuple[Key, Limit]], now: datetime) -> None:
        """The try was right after all."""
        with self._lock:
            for key, limit in wanted:
                self._put(key, min(float(limit.tries), self._left(key, limit, now) + 1.0), now)

    def _left(self, key: Key, limit: Limit, now: datetime) -> float:
        had, since = self._buckets.get(key) or self._new(limit, now)
        gained = max(0.0, (now - since).total_seconds()) / limit.again_s
        return min(float(limit.tries), had + gained)

    def _new(self, limit: Limit, now: datetime) -> tuple[float, datetime]:
        if limit.at_start is None or self._started is None:
            return float(limit.tries), now
        return float(limit.at_start), self._started

    def _put(self, key: Key, has: float, now: datetime) -> None:
        self._buckets[key] = (has, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)


def network_of(address: str) -> str:
    """The network that one household or company has: an IPv4 address, the first 56 bits of an IPv6
    address. What is no address is a network of its own."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _IPV6_BITS), strict=False))
    return str(found)


_IPV6_BITS: Final = 56
