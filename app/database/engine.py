"""How a process connects to PostgreSQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import create_async_engine

from app.database.cache import Cache
from app.database.tx import Database, EventSender


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a process waits for PostgreSQL, in seconds.

    Attributes:
        connect: For a connection to be made.
        pool: For a pooled connection to become free.
        statement: For one statement (`statement_timeout`, checked by the server).
        lock: For one lock (`lock_timeout`, checked by the server).
        answer: For any answer at all; ends the wait when the server is frozen or the network gone.
    """

    connect: float
    pool: float
    statement: float
    lock: float
    answer: float


# Discord gives a command 3 seconds; with these, even a frozen database leaves time to say so.
COMMAND_PATIENCE = Patience(connect=0.6, pool=0.7, statement=1.5, lock=0.8, answer=1.8)
TOOL_PATIENCE = Patience(connect=5, pool=5, statement=30, lock=5, answer=60)


def asyncpg_url(url: str) -> tuple[URL, dict[str, Any]]:
    """Turn a `DATABASE_URL` into what SQLAlchemy and asyncpg take: the URL and connection arguments.

    Providers write `?sslmode=require`, as libpq wants it; asyncpg calls the same thing `ssl`. It has no
    channel binding, which some of them add; the connection is encrypted as `sslmode` says all the same.
    """
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    mode = parsed.query.get("sslmode")
    arguments = {} if mode is None else {"ssl": mode}
    return parsed.difference_update_query(["sslmode", "channel_binding"]), arguments


def connect_database(
    url: str,
    *,
    pool_size: int = 5,
    patience: Patience = COMMAND_PATIENCE,
    live: EventSender | None = None,
    cache: Cache | None = None,
) -> Database:
    """Make the engine; no connection is opened before the first use.

    Args:
        url: `postgresql://...` as in `DATABASE_URL`.
        pool_size: Connections this process may hold; there is no overflow.
        patience: How long to wait before saying that the database does not answer.
        live: Where live events leave after each commit.
        cache: What this process remembers of guilds; only for one that hears of changes.
    """
    parsed, arguments = asyncpg_url(url)
    engine = create_async_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience.pool,
        pool_use_lifo=True,
        pool_pre_ping=False,
        hide_parameters=True,  # errors are logged, and what members wrote must not be
        connect_args={
            **arguments,
            "timeout": patience.connect,
            "command_timeout": patience.answer,
            "server_settings": {
                "application_name": "smarterdev",
                "statement_timeout": f"{patience.statement:.3f}s",
                "lock_timeout": f"{patience.lock:.3f}s",
                "idle_in_transaction_session_timeout": "5s",
                "timezone": "UTC",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _renew_if_closed)
    event.listen(engine.sync_engine, "invalidate", _hang_up)
    return Database(engine, live, cache)


def _renew_if_closed(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
    """Have the pool replace a connection that PostgreSQL closed meanwhile, by a restart for instance."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _hang_up(connection: Any, _record: object, _error: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
    """Drop a connection that failed or was given up.

    SQLAlchemy would take leave of it and wait 2 s for the answer, which a frozen server never gives.
    """
    connection.driver_connection.terminate()
