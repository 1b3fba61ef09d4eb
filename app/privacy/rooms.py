"""Which rooms know something about members: one table. A room with tables about them has its line here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from app.analytics import erasure as analytics_erasure
from app.automod import erasure as automod_erasure
from app.automod.backtests import erasure as backtest_erasure
from app.bytes import erasure as bytes_erasure
from app.database.tx import Tx
from app.guilds import erasure as guilds_erasure
from app.moderation import erasure as moderation_erasure
from app.roles import erasure as roles_erasure
from app.squads import erasure as squads_erasure
from app.wording import Count, message

Export = Callable[[Tx, int, int], Awaitable[Any]]
"""Gathers what is known of (guild, member), ready for JSON: ids as strings, times in ISO 8601."""

Erase = Callable[[Tx, int, int, int], Awaitable[int | None]]
"""Puts an alias in the place of a member: (guild, member, alias) -> in how many rows, None if in none."""


@dataclass(frozen=True, slots=True)
class Room:
    """What one room has to do with members.

    Attributes:
        tables: Those that know members.
        about: What its part of the file holds.
        blanked: What an erasure does here, said before it is done.
        count: Counts the rows of an erasure.
        export: Gathers what it knows.
        erase: Makes it forget who that was.
    """

    tables: frozenset[str]
    about: str
    blanked: str
    count: Callable[[int], Count]
    export: Export
    erase: Erase


ROOMS: Final[dict[str, Room]] = {
    "squads": Room(
        tables=frozenset({"squad_memberships", "squad_moves"}),
        about="Which squad you are in, and every move you made, newest first, with what it cost.",
        blanked=message("in squads: the membership, and the id in every move"),
        count=lambda n: Count(n, "{n} membership and move of squads", "{n} memberships and moves of squads"),
        export=squads_erasure.export_member,
        erase=squads_erasure.erase_member,
    ),
    "bytes": Room(
        tables=frozenset({"bytes_balances", "bytes_transactions", "bytes_erasures"}),
        about="Your balance and every transaction you took part in, newest first. Party 0 is the treasury.",
        blanked=message("in transactions: name, id and what they were for"),
        count=lambda n: Count(n, "{n} transaction", "{n} transactions"),
        export=bytes_erasure.export_member,
        erase=bytes_erasure.erase_member,
    ),
    "roles": Room(
        tables=frozenset({"role_grants"}),
        about="Roles that were given to you for your bytes, newest first.",
        blanked=message("in the list of given roles: all of it; the roles stay"),
        count=lambda n: Count(n, "{n} given role", "{n} given roles"),
        export=roles_erasure.export_member,
        erase=roles_erasure.erase_member,
    ),
    "moderation": Room(
        tables=frozenset(
            {
                "moderation_cases",
                "moderation_case_events",
                "moderation_evidence",
                "moderation_incidents",
                "moderation_reports",
                "moderation_reporters",
            }
        ),
        about="Cases about you, cases you decided as a moderator, and reports, newest first.",
        blanked=message(
            "in cases: name, id and what was quoted of you; what lasts keeps the id until it is over"
        ),
        count=lambda n: Count(n, "{n} case or report", "{n} cases and reports"),
        export=moderation_erasure.export_member,
        erase=moderation_erasure.erase_member,
    ),
    "automod": Room(
        tables=frozenset({"automod_hits", "raid_notes", "raid_pauses", "channel_slow_modes", "raid_modes"}),
        about="When rules of auto-mod fired on what you wrote or when you joined, newest first; "
        "never what you wrote.",
        blanked=message("in the list of what auto-mod found: the id"),
        count=lambda n: Count(n, "{n} hit of auto-mod", "{n} hits of auto-mod"),
        export=automod_erasure.export_member,
        erase=automod_erasure.erase_member,
    ),
    "backtests": Room(
        tables=frozenset({"automod_backtests", "automod_backtest_hits"}),
        about="Which of your messages rules would have hit when somebody tried them in the last 24 hours, "
        "and which of these trials you started; never what you wrote.",
        blanked=message("in trials of rules: what was found on you, and the id"),
        count=lambda n: Count(n, "{n} entry of trials of rules", "{n} entries of trials of rules"),
        export=backtest_erasure.export_member,
        erase=backtest_erasure.erase_member,
    ),
    "guilds": Room(
        tables=frozenset({"audit_entries"}),
        about="Every entry of the trail of changes that you made or that names you, newest first.",
        blanked=message("in the trail of changes: name, id and the notes beside them"),
        count=lambda n: Count(n, "{n} entry of the trail of changes", "{n} entries of the trail of changes"),
        export=guilds_erasure.export_member,
        erase=guilds_erasure.erase_member,
    ),
    "analytics": Room(
        tables=frozenset({"command_invocations", "invocation_erasures"}),
        about="Which commands you used in the last 90 days, newest first; never what you wrote in them.",
        blanked=message("in the list of used commands: the id"),
        count=lambda n: Count(n, "{n} used command", "{n} used commands"),
        export=analytics_erasure.export_member,
        erase=analytics_erasure.erase_member,
    ),
}
"""Room -> what it has to do with members, in the order in which their rows are locked.

Squads, then balances: whoever moves pays while nobody else moves them.
"""

WITHOUT_MEMBERS: Final[dict[str, str]] = {
    "access_grants": "roles and levels; which members have a role, Discord knows",
    "alembic_version": "the number of the schema",
    "automod_alerts": "which message tells of an incident",
    "automod_rules": "what the server chose",
    "bytes_configs": "what the server chose",
    "component_uses": "ids of interactions, which lead to nobody",
    "guilds": "what the server chose",
    "heartbeats": "which of our processes live",
    "interaction_tokens": "how a reply is edited, sealed, for a quarter of an hour; its id leads to nobody",
    "job_starts": "how often a job was begun; what it was about stands in the job",
    "listener_cursors": "how far each server was heard",
    "listener_sessions": "how often the listener connected",
    "moderation_configs": "what the server chose",
    "moderation_massban_drafts": "whom somebody is about to ban, until they confirm or their time is over",
    "moderation_numbers": "how many cases there are",
    "raid_questions": "whom somebody is asked about below an alert, until they answer or their time is over",
    "squad_configs": "what the server chose",
    "squads": "what the server chose",
    "pgqueuer": "a job says which member it is about until it is done; a held one until it is dealt with",
    "pgqueuer_log": "that jobs ran, without what they were about",
    "pgqueuer_schedules": "when jobs are due",
    "pgqueuer_statistics": "how many jobs ran",
}
"""Every other table -> why it has nothing about a member. A test sees to it that none is forgotten."""
