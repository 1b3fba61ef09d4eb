"""One SQL transaction per use case, owned by the edge."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from asyncpg import PostgresError
from sqlalchemy import CursorResult, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.database.cache import GUILD_CHANGED, Cache
from app.errors import NotMigratedError, OutcomeUnknownError, UnavailableError
from app.wording import message

T = TypeVar("T")

log = logging.getLogger(__name__)

_NOT_MIGRATED = message(
    "The database is not ready: it has not been brought to the newest schema (`smarterdev migrate`). "
    "Nothing was changed."
)
_UNDEFINED = ("42P01", "42883", "42703")  # table, function, column

_NOTHING_HAPPENED = message("The database does not answer. Nothing was changed; please try again.")
_BUSY = message("Too much is going on at once. Nothing was changed; please try again in a moment.")
_LOST_ANSWER = message(
    "The database did not confirm in time, so it is not certain whether this was done. "
    "Look before you try again."
)

# SQLSTATE classes and codes that say "not now" rather than "our bug": connection exceptions,
# operator intervention (shutdown, cancelled by statement_timeout), insufficient resources,
# lock not available, deadlock, serialisation failure.
_PASSING_CLASSES = ("08", "53", "57")
_BUSY_CODES = ("55P03", "40P01", "40001")
_PASSING_CODES = (*_BUSY_CODES, "25006")


class EventSender(Protocol):
    """Where live events leave (`app.live`)."""

    async def send(self, guild_id: int, name: str, facts: Mapping[str, object]) -> None:
        """Send one event or give up soon; never raises."""


class Tx:
    """What a service is handed to work with: one connection inside one SQL transaction.

    Attributes:
        connection: The connection, for rooms that need more than `execute`.
        live: Where live events leave after the commit; None in processes that emit none.
    """

    def __init__(
        self, connection: AsyncConnection, live: EventSender | None = None, cache: Cache | None = None
    ) -> None:
        self.connection = connection
        self.live = live
        self._cache = cache
        self._learnt: list[tuple[dict[str, Any], str, object]] = []
        self._forgotten: set[int] = set()
        self._session: AsyncSession | None = None
        self._after_commit: list[Callable[[], Awaitable[None]]] = []

    async def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy Core statement. The command path uses only this."""
        return await self.connection.execute(statement, parameters)

    async def remember(self, kind: str, guild_id: int, load: Callable[[], Awaitable[T]]) -> T:
        """Give what `load` reads of a guild, or what this process remembers of having read it.

        It is remembered once this `tx` is committed, for at most 30 s (`app.database.cache`). A `tx` that
        changes what is remembered of the guild says so (`forget`) and from then on always loads.

        Args:
            kind: What it is; one spelling, one `load`. What is given is shared by everybody and so must
                not be changed.
            guild_id: Of which guild.
            load: Reads it, from nothing but the database. None means there is nothing to remember.
        """
        if self._cache is None or guild_id in self._forgotten:
            return await load()
        memories = self._cache.memories(guild_id)
        known: T | None = memories.get(kind)
        if known is not None:
            return known
        loaded = await load()
        self._learnt.append((memories, kind, loaded))
        return loaded

    def forget(self, guild_id: int) -> None:
        """Have everybody forget what they remember of a guild, once this `tx` is committed.

        Here at once; in other processes as soon as the live event reaches them, or when it is too old.
        """
        if guild_id in self._forgotten:
            return
        self._forgotten.add(guild_id)
        if self.live is not None:
            live = self.live
            self.after_commit(lambda: live.send(guild_id, GUILD_CHANGED, {}))

    @property
    def session(self) -> AsyncSession:
        """The ORM on this same connection, for rooms that edit entities."""
        if self._session is None:
            self._session = AsyncSession(self.connection, expire_on_commit=False)
        return self._session

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Have `callback` awaited once the commit stands; never if it does not.

        It may fail without anybody noticing, so only what may be lost belongs here.
        """
        self._after_commit.append(callback)

    async def finish(self) -> None:
        """Write what the session still holds. The owner of the transaction calls it before commit."""
        if self._session is not None:
            await self._session.flush()

    def drop_forgotten(self) -> None:
        """Forget here what this `tx` changed. The owner calls it after COMMIT, however that ended."""
        if self._cache is not None:
            for guild_id in self._forgotten:
                self._cache.drop(guild_id)

    def keep_learnt(self) -> None:
        """Remember what this `tx` read. The owner calls it once the commit stands, and drops first.

        What was read of a guild that is dropped, by this `tx` or another, goes where nobody finds it.
        """
        for memories, kind, value in self._learnt:
            memories[kind] = value

    async def run_after_commit(self) -> None:
        """Await the callbacks; a failing one is logged and the next is tried: it may be lost, by contract.

        A cancellation (the edge's deadline) ends them and goes no further: what it limits is done, and
        whoever asked must hear so.
        """
        for callback in self._after_commit:
            try:
                await callback()
            except asyncio.CancelledError:
                log.warning("after-commit callbacks cut short")
                return
            except Exception:
                log.warning("after-commit callback failed", exc_info=True)


class Database:
    """The engine and the one way to a transaction.

    Attributes:
        engine: SQLAlchemy's.
        live: Where live events leave after a commit; None in processes that emit none.
        cache: What this process remembers of guilds; None if it reads everything each time.
    """

    def __init__(
        self, engine: AsyncEngine, live: EventSender | None = None, cache: Cache | None = None
    ) -> None:
        self.engine = engine
        self.live = live
        self.cache = cache

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open a `tx`: commit when the block ends, roll back when it raises.

        Raises:
            UnavailableError: PostgreSQL cannot be reached, is too slow, or a lock was not to be had;
                nothing happened.
            OutcomeUnknownError: the connection or the deadline broke while committing.
        """
        committed = False
        try:
            async with self.engine.connect() as connection:
                # The first statement begins it. AsyncConnection.begin() would say nothing to PostgreSQL and
                # cost a tenth of a send. A block that raises is rolled back as the connection is given back.
                tx = Tx(connection, self.live, self.cache)
                yield tx
                await tx.finish()
                try:
                    await _commit(connection.commit)
                finally:
                    tx.drop_forgotten()
                committed = True
                tx.keep_learnt()
        except (DBAPIError, PoolTimeoutError, OSError, TimeoutError) as error:
            _forget_row(error)
            if isinstance(error, DBAPIError) and _sqlstate(error) in _UNDEFINED:
                log.exception("the database lacks something: has it been migrated?")
                raise NotMigratedError(_NOT_MIGRATED) from error
            if is_passing(error):
                log.warning("database unavailable: %s", _name(error))
                busy = isinstance(error, PoolTimeoutError) or _is_busy(error)
                raise UnavailableError(_BUSY if busy else _NOTHING_HAPPENED) from error
            raise
        except asyncio.CancelledError:
            if not committed:
                raise
            # The deadline struck while the connection went back to the pool: too late to be true.
        await tx.run_after_commit()

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


async def _commit(commit: Callable[[], Awaitable[None]]) -> None:
    """Commit, telling "it failed" from "we do not know".

    A cancellation here is the edge's deadline. It becomes an error of its own, because
    "nothing was booked" would be a guess once COMMIT is on its way.
    """
    try:
        await commit()
    except (OSError, TimeoutError, asyncio.CancelledError) as error:
        raise OutcomeUnknownError(_LOST_ANSWER) from error
    except DBAPIError as error:
        if error.connection_invalidated or _sqlstate(error) is None:
            raise OutcomeUnknownError(_LOST_ANSWER) from error
        raise


def is_passing(error: Exception) -> bool:
    """Tell whether trying the same again later can work (as opposed to a defect of ours)."""
    if isinstance(error, (PoolTimeoutError, OSError, TimeoutError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = _sqlstate(error)
    if state is None:
        return error.connection_invalidated or isinstance(error.orig, (OSError, TimeoutError))
    return state.startswith(_PASSING_CLASSES) or state in _PASSING_CODES


def _is_busy(error: Exception) -> bool:
    """Tell whether somebody else was in the way, of a database that answers."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _BUSY_CODES


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _name(error: Exception) -> str:
    state = _sqlstate(error) if isinstance(error, DBAPIError) else None
    return type(error).__name__ if state is None else f"SQLSTATE {state}"


def _forget_row(error: Exception) -> None:
    """Drop the detail of PostgreSQL's message, which quotes the row: errors are logged, rows must not be."""
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig is not None else None
    if isinstance(cause, PostgresError):
        cause.detail = None
