"""What can be enqueued: one type per job, the lanes they go in, and how they look on the wire.

The payload is JSON with the fields in the order of the type; whole numbers are strings, because ids do not
fit into JSON's numbers everywhere. It is frozen: rows written by one version of the platform are read by
another. So a job that needs other fields is another type with the next version in its entrypoint, and the
old one stays in `KINDS` until no row of it is left.
"""

from enum import IntEnum
from typing import ClassVar, Final

from msgspec import Struct, json, structs


class Lane(IntEnum):
    """What goes first: the greater number. It is PgQueuer's `priority`."""

    MODERATION = 300
    REPLY_EDITS = 200
    ROLES = 100
    SWEEPS_AND_LOGS = 0


class Job(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing the worker does to Discord. Fields are ids and texts, nothing nested."""

    entrypoint: ClassVar[str]
    """The name with its version, so that a worker which does not know it leaves it to one that does."""
    lane: ClassVar[Lane]


class ReconcileMember(Job, frozen=True):
    """Give and take a member's roles until Discord agrees with what they should be.

    Says only who: what is due is read when it runs, so order, repeats and crashes do not matter.
    """

    entrypoint: ClassVar[str] = "reconcile_member.v1"
    lane: ClassVar[Lane] = Lane.ROLES

    guild_id: int
    user_id: int


class SweepGuild(Job, frozen=True):
    """Look through a guild for members whose roles are not what they should be, and reconcile those."""

    entrypoint: ClassVar[str] = "sweep_guild.v1"
    lane: ClassVar[Lane] = Lane.SWEEPS_AND_LOGS

    guild_id: int


class SanctionMember(Job, frozen=True):
    """Time out, kick, ban, or lift, until Discord agrees with the open cases about a member.

    Says only who, like `ReconcileMember`. A case that was carried out is not carried out again.
    """

    entrypoint: ClassVar[str] = "sanction_member.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int
    user_id: int


class RestoreTimeout(Job, frozen=True):
    """Time a member out again who left and came back while a time-out lasts."""

    entrypoint: ClassVar[str] = "restore_timeout.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int
    user_id: int


class BanMany(Job, frozen=True):
    """Ban everybody of an incident whose case is pending, in one call."""

    entrypoint: ClassVar[str] = "ban_many.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int
    incident: int


class SanctionMany(Job, frozen=True):
    """Carry out what waits in an incident, one member after the other, whom it matters to most first.

    Discord takes ten in ten seconds: as many jobs would only keep each other waiting.
    """

    entrypoint: ClassVar[str] = "sanction_many.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int
    incident: int


class PurgeMessages(Job, frozen=True):
    """Delete the messages that a case is about."""

    entrypoint: ClassVar[str] = "purge_messages.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int
    case: int


class EditReply(Job, frozen=True):
    """Have the reply to a moderator's command say what became of it."""

    entrypoint: ClassVar[str] = "edit_reply.v1"
    lane: ClassVar[Lane] = Lane.REPLY_EDITS

    guild_id: int
    interaction_id: int


class TellMember(Job, frozen=True):
    """Send the member the direct message about a case that was carried out."""

    entrypoint: ClassVar[str] = "tell_member.v1"
    lane: ClassVar[Lane] = Lane.REPLY_EDITS

    guild_id: int
    case: int


class TellReporters(Job, frozen=True):
    """Tell those who reported a message what came of it."""

    entrypoint: ClassVar[str] = "tell_reporters.v1"
    lane: ClassVar[Lane] = Lane.SWEEPS_AND_LOGS

    guild_id: int
    report: int


class LogCase(Job, frozen=True):
    """Have the log channel's one message about a case say what it is now."""

    entrypoint: ClassVar[str] = "log_case.v1"
    lane: ClassVar[Lane] = Lane.SWEEPS_AND_LOGS

    guild_id: int
    case: int


class LogIncident(Job, frozen=True):
    """Have the log channel's one message about an incident say what it is now."""

    entrypoint: ClassVar[str] = "log_incident.v1"
    lane: ClassVar[Lane] = Lane.SWEEPS_AND_LOGS

    guild_id: int
    incident: int


class LogReport(Job, frozen=True):
    """Have the log channel's one message about a report say what it is now."""

    entrypoint: ClassVar[str] = "log_report.v1"
    lane: ClassVar[Lane] = Lane.REPLY_EDITS

    guild_id: int
    report: int


class DeleteMessages(Job, frozen=True):
    """Delete the messages in one channel that auto-mod hit as part of an incident."""

    entrypoint: ClassVar[str] = "delete_messages.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int
    incident: int
    channel_id: int


class TellWhy(Job, frozen=True):
    """Tell a member why auto-mod deleted a message, once per incident."""

    entrypoint: ClassVar[str] = "tell_why.v1"
    lane: ClassVar[Lane] = Lane.REPLY_EDITS

    guild_id: int
    incident: int
    user_id: int


class AlertIncident(Job, frozen=True):
    """Have the one message that tells moderators of an incident of auto-mod say what is new."""

    entrypoint: ClassVar[str] = "alert_incident.v1"
    lane: ClassVar[Lane] = Lane.REPLY_EDITS

    guild_id: int
    incident: int


class PauseGuild(Job, frozen=True):
    """Have invites and direct messages of a guild paused, or not, as its row says."""

    entrypoint: ClassVar[str] = "pause_guild.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int


class SlowChannel(Job, frozen=True):
    """Have everybody wait between two messages in a channel, or not any more, as its row says."""

    entrypoint: ClassVar[str] = "slow_channel.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int
    channel_id: int


class KeepRaidMode(Job, frozen=True):
    """Choose the channels that are slowed in a guild's raid mode, or end it and say so in the log."""

    entrypoint: ClassVar[str] = "keep_raid_mode.v1"
    lane: ClassVar[Lane] = Lane.MODERATION

    guild_id: int


class CheckSanctions(Job, frozen=True):
    """Look for time-outs and bans of ours that somebody has ended in Discord, and close their cases."""

    entrypoint: ClassVar[str] = "check_sanctions.v1"
    lane: ClassVar[Lane] = Lane.SWEEPS_AND_LOGS

    guild_id: int


class RunBacktest(Job, frozen=True):
    """Look through messages of the past, and note which of them rules would have hit."""

    entrypoint: ClassVar[str] = "run_backtest.v1"
    lane: ClassVar[Lane] = Lane.SWEEPS_AND_LOGS

    guild_id: int
    backtest_id: str


KINDS: Final[dict[str, type[Job]]] = {
    kind.entrypoint: kind
    for kind in (
        ReconcileMember,
        SweepGuild,
        SanctionMember,
        RestoreTimeout,
        BanMany,
        SanctionMany,
        PurgeMessages,
        EditReply,
        TellMember,
        TellReporters,
        LogCase,
        LogIncident,
        LogReport,
        DeleteMessages,
        TellWhy,
        AlertIncident,
        PauseGuild,
        SlowChannel,
        KeepRaidMode,
        CheckSanctions,
        RunBacktest,
    )
}
"""Every kind of job there is, by entrypoint."""


def encode(job: Job) -> bytes:
    """Write a job's payload."""
    fields = structs.asdict(job)
    return json.encode({name: str(value) if type(value) is int else value for name, value in fields.items()})


def decode(entrypoint: str, payload: bytes) -> Job:
    """Read a job back.

    Raises:
        KeyError: there is no such entrypoint.
        msgspec.ValidationError: the payload is not what this entrypoint has.
    """
    return json.decode(payload, type=KINDS[entrypoint], strict=False)
