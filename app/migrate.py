"""Bringing a database to the newest schema."""

from alembic import command

from migrations import alembic_config


def migrate_database(database_url: str) -> None:
    """Run every migration that is missing. Two processes doing it at once wait for each other."""
    command.upgrade(alembic_config(database_url), "head")
