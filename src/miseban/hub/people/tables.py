"""The tables of people and rights. No password and no token stands in them, only hashes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    text,
)

from miseban.hub.database import METADATA, Moment, Part

LONGEST_LOGIN = 64  # characters
_ID = String(16)  # hexadecimal digits
_HASH = String(64)  # hexadecimal digits of a SHA-256

ACCOUNTS = Table(
    "accounts",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("login", String(LONGEST_LOGIN), nullable=False),  # as it was written
    Column("login_key", String(4 * LONGEST_LOGIN), nullable=False),  # as it is compared
    Column("role", String(32), nullable=False),
    Column("password", Text),  # argon2id; none until the invitation was taken up
    Column("made_at", Moment, nullable=False),
    Column("closed_at", Moment),
)
# The name of somebody who left may be given to somebody else, who is another account.
Index(
    "one_open_account_a_login",
    ACCOUNTS.c.login_key,
    unique=True,
    sqlite_where=ACCOUNTS.c.closed_at.is_(None),
    postgresql_where=ACCOUNTS.c.closed_at.is_(None),
)


def _of_account(nullable: bool = False) -> Column[str]:
    there = ForeignKey(ACCOUNTS.c.id, ondelete="CASCADE")
    return Column("account", _ID, there, nullable=nullable, index=True)


SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("hash", _HASH, nullable=False, unique=True),
    _of_account(),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),
)
KNOWN_DEVICES = Table(  # browsers in which somebody has logged in before
    "known_devices",
    METADATA,
    Column("hash", _HASH, primary_key=True),
    _of_account(),
    Column("used_at", Moment, nullable=False),
)
LINKS = Table(
    "one_time_links",
    METADATA,
    Column("hash", _HASH, primary_key=True),
    Column("purpose", String(16), nullable=False),
    _of_account(nullable=True),
    Column("expires_at", Moment, nullable=False),
)
TOKENS = Table(
    "api_tokens",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("hash", _HASH, nullable=False, unique=True),
    _of_account(),
    Column("name", String(64), nullable=False),
    Column("scopes", Text, nullable=False),  # rights, with spaces between
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
AUDIT = Table(
    "audit_log",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # 1, 2, 3 ...
    Column("at", Moment, nullable=False),
    Column("account", _ID),
    Column("who", String(LONGEST_LOGIN), nullable=False),
    Column("act", String(64), nullable=False),
    Column("about", Text, nullable=False),
    Column("came_from", String(64), nullable=False),
    Column("detail", Text, nullable=False),  # a JSON object
    Column("previous", _HASH, nullable=False),
    Column("hash", _HASH, nullable=False),
)
AUDIT_CUTS = Table(  # up to where the log was cut when its time was over
    "audit_cuts",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", _HASH, nullable=False),
)

# The database itself refuses to change the log, or to drop what was not cut first.
_SQLITE_GUARDS = (
    """CREATE TRIGGER audit_log_unchanged BEFORE UPDATE ON audit_log
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
    """CREATE TRIGGER audit_log_kept BEFORE DELETE ON audit_log
    WHEN OLD.number > COALESCE((SELECT MAX(number) FROM audit_cuts), 0)
    BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END""",
)
_POSTGRES_GUARDS = (
    """CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' AND OLD.number <= COALESCE((SELECT MAX(number) FROM audit_cuts), 0)
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'the audit log is only added to'; END $$""",
    """CREATE TRIGGER audit_log_kept BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_guard()""",
    """CREATE TRIGGER audit_log_whole BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_guard()""",
)


def _create(connection: Connection) -> None:
    tables = (ACCOUNTS, SESSIONS, KNOWN_DEVICES, LINKS, TOKENS, AUDIT, AUDIT_CUTS)
    METADATA.create_all(connection, tables=tables, checkfirst=False)
    sqlite = connection.dialect.name == "sqlite"
    for guard in _SQLITE_GUARDS if sqlite else _POSTGRES_GUARDS:
        connection.execute(text(guard))


PART: Final = Part("people", _create)
"""A table that changes gets an upgrade here."""
