"""The same precinct as that of moderation: a guild with moderators, a log and a database of its own."""

from tests.edges.moderation.conftest import database_url, precinct

__all__ = ["database_url", "precinct"]
