"""PgQueuer on a transaction's own connection. Importing this imports PgQueuer: 0.1 s and 7 MiB."""

from pgqueuer.ports.driver import Driver
from pgqueuer.queries import Queries

from app.database.tx import Tx


class TxDriver(Driver):
    """What PgQueuer's queries run on: the connection of a `tx`, by way of SQLAlchemy.

    Never the raw connection underneath: SQLAlchemy sends BEGIN with its own first statement, so one that
    went beside it would be committed by itself.
    """

    def __init__(self, tx: Tx) -> None:
        self._connection = tx.connection

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Run a query and load its rows."""
        result = await self._connection.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]


def queries_on(tx: Tx) -> Queries:
    """Make PgQueuer's queries run inside `tx`: what they write is committed with it, or never was."""
    return Queries(TxDriver(tx))  # type: ignore[abstract] # enqueueing only fetches; workers do the rest
