"""Bringing a database to the newest schema."""

from alembic import command
from sqlalchemy.exc import DBAPIError

from app.errors import UnavailableError
from migrations import alembic_config


def migrate_database(database_url: str) -> None:
    """Run every migration that is missing. Two processes doing it at once wait for each other.

    Raises:
        UnavailableError: the database cannot be reached, or refused a step; every step before it stands.
    """
    try:
        command.upgrade(alembic_config(database_url), "head")
    except (DBAPIError, OSError, TimeoutError) as error:
        why = getattr(error, "orig", None) or error
        raise UnavailableError(
            f"The database was not brought to the newest schema: {why}. What was done before stands; "
            "run it again once this is mended."
        ) from error
