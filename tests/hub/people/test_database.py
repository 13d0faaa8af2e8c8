"""The database itself: opened safely, brought up once, written by one at a time."""

from __future__ import annotations

import os
import stat
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, inspect, text

from miseban.hub.database import Moment, Part, bring_up, micros, open_database, reading, writing
from miseban.hub.people.people import People
from miseban.vocabulary.errors import BadInput
from tests.hub.people.staff import FAST, NOW, set_up
from tests.servers.postgres import Postgres

GOODS = Table(
    "goods", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(20))
)


def create(connection: Connection) -> None:
    GOODS.create(connection)


def add_name(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE goods ADD COLUMN price INTEGER"))


def fail(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE goods ADD COLUMN size INTEGER"))
    raise RuntimeError("half-way")


ONE, TWO = Part("goods", create), Part("goods", create, (add_name,))


def columns(engine: Engine) -> list[str]:
    return [str(column["name"]) for column in inspect(engine).get_columns("goods")]


def test_tables_are_made_and_upgraded_once(engine: Engine) -> None:
    for _ in range(2):
        bring_up(engine, ONE)
    with writing(engine) as connection:
        connection.execute(GOODS.insert().values(id=1, name="tea"))
    for _ in range(2):
        bring_up(engine, TWO)
    assert columns(engine) == ["id", "name", "price"]
    with reading(engine) as connection:
        assert connection.execute(GOODS.select()).all() == [(1, "tea")]


def test_an_upgrade_that_fails_leaves_all_as_it_was(engine: Engine) -> None:
    bring_up(engine, ONE)
    with pytest.raises(RuntimeError):
        bring_up(engine, Part("goods", create, (add_name, fail)))
    assert columns(engine) == ["id", "name"]
    bring_up(engine, TWO)
    assert columns(engine) == ["id", "name", "price"]


def test_an_older_program_leaves_a_newer_database_alone(engine: Engine) -> None:
    bring_up(engine, Part("goods", create, (add_name,)))
    with pytest.raises(BadInput, match=r"goods are of version 2, from a newer miseban.* 1 at most"):
        bring_up(engine, ONE)


def test_many_who_start_at_once_bring_it_up_once(url: str) -> None:
    start, troubles = threading.Barrier(5), []

    def begin() -> None:
        engine = open_database(url)
        start.wait(20)
        try:
            People(engine, passwords=FAST)
            bring_up(engine, TWO)
        except Exception as error:  # noqa: BLE001
            troubles.append(error)
        engine.dispose()

    threads = [threading.Thread(target=begin) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert troubles == []


def test_writers_come_one_after_another(engine: Engine) -> None:
    """Each looks, waits and writes: none writes over what another has done."""
    bring_up(engine, ONE)
    with writing(engine) as connection:
        connection.execute(GOODS.insert().values(id=1, name="0"))

    def count_one() -> None:
        for _ in range(5):
            with writing(engine) as connection:
                name = connection.execute(GOODS.select()).one().name
                time.sleep(0.002)
                connection.execute(GOODS.update().values(name=str(int(name) + 1)))

    threads = [threading.Thread(target=count_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with reading(engine) as connection:
        assert connection.execute(GOODS.select()).one().name == "20"


def test_who_only_reads_does_not_wait_for_a_writer(people: People, engine: Engine) -> None:
    session = set_up(people).session
    found = []
    with writing(engine):
        reader = threading.Thread(
            target=lambda: found.append(people.authenticate(NOW, session=session))
        )
        reader.start()
        reader.join(10)
    assert found != [None]
    assert len(found) == 1


def test_a_server_that_was_restarted_is_found_again(url: str) -> None:
    engine = open_database(url)
    people = People(engine, passwords=FAST)
    session = set_up(people).session
    if engine.dialect.name == "postgresql":
        other = open_database(url)
        with other.connect() as connection:
            others = "pid <> pg_backend_pid() AND datname = current_database()"
            kill = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
            assert connection.execute(kill).all()
        other.dispose()
    else:
        engine.dispose()
    assert people.authenticate(NOW, session=session)
    engine.dispose()


def test_nobody_else_can_read_a_file_of_ours(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        (tmp_path / "open.db").touch(mode=0o666)
        for name in ("new.db", "open.db"):
            engine = open_database(f"sqlite:///{tmp_path / name}")
            set_up(People(engine, passwords=FAST))
            files = list(tmp_path.glob(f"{name}*"))
            assert len(files) == 3  # with -wal and -shm
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
            engine.dispose()
    finally:
        os.umask(old)


def test_sqlite_is_set_up_to_last(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'hub.db'}")
    pragmas = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 10_000}
    with reading(engine) as connection:
        for name, value in pragmas.items():
            assert connection.execute(text(f"PRAGMA {name}")).scalar() == value
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("", "expected sqlite:///FILE or postgresql"),
        ("no address with s3cret", "expected sqlite:///FILE or postgresql"),
        ("mysql://shop:s3cret@db/shop", "expected sqlite:///FILE or postgresql"),
        ("postgresql+psycopg2://shop:s3cret@db/shop", "expected sqlite:///FILE or postgresql"),
        ("sqlite://", "expected sqlite:///FILE, found no file"),
        ("sqlite:///:memory:", "expected sqlite:///FILE, found no file"),
        ("sqlite:///x.db?mode=memory", "expected sqlite:///FILE, found no file"),
        ("sqlite:////no/such/folder/hub.db", "cannot be opened: No such file or directory"),
        ("postgresql://shop:s3cret@127.0.0.1:1/shop", "cannot be opened: Can't create"),
        ("postgresql://shop:s3cret@127.0.0.1/shop?sslmode=allow", "expected sslmode to be"),
        ("postgresql://shop:s3cret@127.0.0.1/shop?timeout=s3cret", "no setting but sslmode"),
        ("postgresql://127.0.0.1/shop", "expected a user, a name"),
        ("postgresql://shop:s3cret@127.0.0.1", "expected a user, a name"),
        ("postgresql://shop:s3cret@db/x?sslrootcert=/no/file", "sslrootcert cannot be used"),
        ("postgresql://shop:s3cret@127.0.0.1:port/x", "expected sqlite:///FILE or postgresql"),
    ],
)
def test_what_cannot_be_opened_is_told_in_one_line_without_the_password(
    url: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput) as told:
        open_database(url)
    assert what in str(told.value)
    assert "\n" not in str(told.value)
    assert "s3cret" not in str(told.value)
    assert told.value.__cause__ is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "hub.db").write_text("no database" * 100)
    with pytest.raises(BadInput, match="cannot be opened: file is not a database"):
        open_database(f"sqlite:///{tmp_path / 'hub.db'}")


def test_a_server_says_why_it_refuses(server: Postgres) -> None:
    for url, what in (
        (server.url("nowhere"), 'database "nowhere" does not exist'),
        (server.url("postgres").replace(server.password, "s3cret"), "password authentication"),
    ):
        with pytest.raises(BadInput, match=f"cannot be opened: {what}") as told:
            open_database(url)
        assert server.password not in str(told.value)
        assert "s3cret" not in str(told.value)


def test_another_machine_must_speak_tls(server: Postgres) -> None:
    """Ours does not: on this machine alone that is right."""
    url = server.url("postgres")
    with pytest.raises(BadInput, match="cannot be opened"):
        open_database(url + "?sslmode=verify-full")
    open_database(url + "?sslmode=disable").dispose()
    open_database(url.replace("postgresql+pg8000", "postgresql")).dispose()


@given(st.datetimes(timezones=st.sampled_from([UTC])))
def test_a_moment_is_kept_exactly(moment: datetime) -> None:
    kept = Moment()
    engine_name: object = None
    bound = kept.process_bind_param(moment, engine_name)  # type: ignore[arg-type]
    assert isinstance(bound, int)
    assert kept.process_result_value(bound, engine_name) == moment  # type: ignore[arg-type]
    later = moment.replace(microsecond=0) + timedelta(seconds=1) if moment.year < 9999 else moment
    assert micros(later) >= micros(moment)
