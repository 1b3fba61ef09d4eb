"""The schema's history (Alembic). Old code must run on the new schema: add, backfill, then enforce."""

from pathlib import Path

from alembic.config import Config


def alembic_config(database_url: str) -> Config:
    """Point Alembic at these migrations and at one database, wherever the package is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["database_url"] = database_url
    return config
