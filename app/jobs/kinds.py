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


KINDS: Final[dict[str, type[Job]]] = {kind.entrypoint: kind for kind in (ReconcileMember, SweepGuild)}
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
