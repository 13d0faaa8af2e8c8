"""Every test of people runs on both kinds of database."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from miseban.hub.people.people import People
from tests.hub.people.staff import FAST


@pytest.fixture
def people(engine: Engine) -> People:
    return People(engine, passwords=FAST)
