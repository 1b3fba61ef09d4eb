"""SQL of the auto-mod room."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Row, Text, cast, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from app.automod.models import AutomodAlert, AutomodHit, AutomodRule
from app.automod.rule import Rule
from app.automod.stored import Alert, Hit, RuleHits, StoredRule, UnfitRule
from app.database.tx import Tx

_HIT: Final = tuple(getattr(AutomodHit, name) for name in Hit.__dataclass_fields__)
_ALERT: Final = tuple(getattr(AutomodAlert, name) for name in Alert.__dataclass_fields__)
_RULE: Final = (
    AutomodRule.id,
    AutomodRule.position,
    AutomodRule.name,
    AutomodRule.document,
    AutomodRule.version,
    AutomodRule.paused_because,
)

_AT_ONCE: Final = 1_000
"""Hits that are written by one statement: PostgreSQL takes 32,767 values."""


async def lock(tx: Tx, guild_id: int, what: str) -> None:
    """Have nobody else do this in a guild until the `tx` ends."""
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('automod:' || :what || ':' || :guild, 0))"),
        {"what": what, "guild": str(guild_id)},
    )


async def find_rules(tx: Tx, guild_id: int) -> list[StoredRule]:
    """Load a guild's rules in their order, but for those that this version cannot read."""
    return (await find_all_rules(tx, guild_id))[0]


async def find_all_rules(tx: Tx, guild_id: int) -> tuple[list[StoredRule], list[UnfitRule]]:
    """Load a guild's rules in their order: those that this version can read, and those that it cannot."""
    rows = await tx.execute(
        select(*_RULE).where(AutomodRule.guild_id == guild_id).order_by(AutomodRule.position, AutomodRule.id)
    )
    # Patterns are made ready while they are read: a listener's heartbeat must not wait for it.
    return await asyncio.to_thread(_read, rows.all())


def _read(rows: Sequence[Row[Any]]) -> tuple[list[StoredRule], list[UnfitRule]]:
    fit: list[StoredRule] = []
    unfit: list[UnfitRule] = []
    for row in rows:
        try:
            rule = Rule.model_validate(row.document)
        except ValidationError as error:
            why = row.paused_because
            unfit.append(
                UnfitRule(row.id, row.position, row.name, row.document, row.version, why, _fault(error))
            )
        else:
            fit.append(StoredRule(row.id, row.position, rule, row.version, row.paused_because))
    return fit, unfit


def _fault(error: ValidationError) -> str:
    """Name the first thing that does not fit, and what is wrong with it; not what stands there."""
    fault = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'rule'}: {fault['type']}"


async def add_rule(tx: Tx, guild_id: int, stored: StoredRule) -> None:
    """Write a new rule."""
    await tx.execute(
        insert(AutomodRule).values(
            id=stored.id,
            guild_id=guild_id,
            position=stored.position,
            name=stored.rule.name,
            document=stored.rule.model_dump(mode="json"),
            version=stored.version,
        )
    )


async def change_rule(tx: Tx, guild_id: int, stored: StoredRule) -> None:
    """Write what a rule is now; it is paused no longer."""
    await tx.execute(
        update(AutomodRule)
        .where(AutomodRule.guild_id == guild_id, AutomodRule.id == stored.id)
        .values(
            name=stored.rule.name,
            document=stored.rule.model_dump(mode="json"),
            version=stored.version,
            position=stored.position,
            paused_because=None,
            updated_at=func.now(),
        )
    )


async def delete_rule(tx: Tx, guild_id: int, rule_id: UUID) -> None:
    """Delete a rule; what it hit stays."""
    await tx.execute(delete(AutomodRule).where(AutomodRule.guild_id == guild_id, AutomodRule.id == rule_id))


async def pause_rule(tx: Tx, guild_id: int, rule_id: UUID, reason: str, version: int) -> bool:
    """Note why a rule is not asked any more; False if it is another version by now, or paused."""
    paused = await tx.execute(
        update(AutomodRule)
        .where(
            AutomodRule.guild_id == guild_id,
            AutomodRule.id == rule_id,
            AutomodRule.version == version,
            AutomodRule.paused_because.is_(None),
        )
        .values(paused_because=reason)
    )
    return bool(paused.rowcount)


async def add_hits(tx: Tx, hits: Sequence[Hit]) -> list[Hit]:
    """Write those that are not there yet; gives which those are.

    In the order of their keys, so that two bursts with the same messages do not wait for each other. Those
    that are there are looked up first: each message of a burst brings all that came before it.
    """
    keys = {hit.idempotency_key for hit in hits}
    known = set(
        (
            await tx.execute(
                select(AutomodHit.idempotency_key).where(
                    AutomodHit.idempotency_key == func.any(cast(list(keys), ARRAY(Text)))
                )
            )
        ).scalars()
    )
    if not keys - known:
        return []
    ordered = sorted(
        (hit for hit in hits if hit.idempotency_key not in known), key=lambda hit: hit.idempotency_key
    )
    ids: set[UUID] = set()
    for start in range(0, len(ordered), _AT_ONCE):
        some = [asdict(hit) for hit in ordered[start : start + _AT_ONCE]]
        new = insert(AutomodHit).values(some).on_conflict_do_nothing(index_elements=["idempotency_key"])
        ids.update((await tx.execute(new.returning(AutomodHit.id))).scalars())
    return [hit for hit in hits if hit.id in ids]


async def users_hit(
    tx: Tx, guild_id: int, *, rule_id: UUID, since: datetime, until: datetime
) -> dict[int, datetime]:
    """Tell whom a rule hit in that time, and when last."""
    rows = await tx.execute(
        select(AutomodHit.user_id, func.max(AutomodHit.at).label("last"))
        .where(
            AutomodHit.guild_id == guild_id,
            AutomodHit.rule_id == rule_id,
            AutomodHit.at.between(since, until),
        )
        .group_by(AutomodHit.user_id)
    )
    return {row.user_id: row.last for row in rows}


async def was_hit(tx: Tx, guild_id: int, user_id: int, rule_id: UUID) -> bool:
    """Tell whether a rule has ever hit a member, as far as that is kept."""
    asked = (
        select(1)
        .where(AutomodHit.guild_id == guild_id, AutomodHit.user_id == user_id, AutomodHit.rule_id == rule_id)
        .limit(1)
    )
    return (await tx.execute(asked)).scalar_one_or_none() is not None


async def last_incident(
    tx: Tx, guild_id: int, *, user_ids: Collection[int], since: datetime, until: datetime
) -> UUID | None:
    """Tell in which incident the last hit on one of these members in that time is, None if in none."""
    return await _last_incident(tx, guild_id, AutomodHit.user_id.in_(user_ids), since, until)


async def last_incident_of_rule(
    tx: Tx, guild_id: int, *, rule_id: UUID, since: datetime, until: datetime
) -> UUID | None:
    """Tell in which incident the last hit of a rule in that time is, None if in none."""
    return await _last_incident(tx, guild_id, AutomodHit.rule_id == rule_id, since, until)


async def _last_incident(
    tx: Tx, guild_id: int, whose: ColumnElement[bool], since: datetime, until: datetime
) -> UUID | None:
    found: UUID | None = (
        await tx.execute(
            select(AutomodHit.incident_id)
            .where(
                AutomodHit.guild_id == guild_id,
                whose,
                AutomodHit.incident_id.is_not(None),
                AutomodHit.at.between(since, until),
            )
            .order_by(AutomodHit.at.desc(), AutomodHit.id.desc())
            .limit(1)
        )
    ).scalar_one_or_none()
    return found


async def change_hits(tx: Tx, guild_id: int, hit_ids: Collection[UUID], **values: Any) -> None:  # noqa: ANN401 - values of columns
    """Write some columns of hits."""
    await tx.execute(
        update(AutomodHit).where(AutomodHit.guild_id == guild_id, AutomodHit.id.in_(hit_ids)).values(values)
    )


async def find_hits(tx: Tx, guild_id: int, incident_id: UUID) -> list[Hit]:
    """Load the hits of an incident, the oldest first."""
    rows = await tx.execute(
        select(*_HIT)
        .where(AutomodHit.guild_id == guild_id, AutomodHit.incident_id == incident_id)
        .order_by(AutomodHit.at, AutomodHit.id)
    )
    return [Hit(**dict(zip(Hit.__dataclass_fields__, row, strict=True))) for row in rows]


async def is_told(tx: Tx, guild_id: int, incident_id: UUID, user_id: int) -> bool:
    """Tell whether a member is told, or was, why messages of an incident are gone."""
    found = await tx.execute(
        select(AutomodHit.id)
        .where(
            AutomodHit.guild_id == guild_id,
            AutomodHit.incident_id == incident_id,
            AutomodHit.user_id == user_id,
            AutomodHit.dm_status != "none",
        )
        .limit(1)
    )
    return found.scalar_one_or_none() is not None


async def want_alert(tx: Tx, alert: Alert) -> None:
    """Have an incident told of, in the channel that was chosen first."""
    await tx.execute(
        insert(AutomodAlert)
        .values(asdict(alert))
        .on_conflict_do_nothing(index_elements=[AutomodAlert.incident_id])
    )


async def raise_alert(tx: Tx, guild_id: int, incident_id: UUID) -> bool:
    """Note that there is something new to tell of an incident; False if it is not told of."""
    raised = await tx.execute(
        update(AutomodAlert)
        .where(AutomodAlert.guild_id == guild_id, AutomodAlert.incident_id == incident_id)
        .values(version=AutomodAlert.version + 1)
    )
    return bool(raised.rowcount)


async def find_alert(tx: Tx, guild_id: int, incident_id: UUID) -> Alert | None:
    """Load what tells of an incident, None if nothing does. Nobody changes it until the `tx` ends."""
    row = (
        await tx.execute(
            select(*_ALERT)
            .where(AutomodAlert.guild_id == guild_id, AutomodAlert.incident_id == incident_id)
            .with_for_update(read=True)
        )
    ).one_or_none()
    return None if row is None else Alert(**dict(zip(Alert.__dataclass_fields__, row, strict=True)))


async def note_alert(
    tx: Tx, alert: Alert, *, channel_id: int, message_id: int | None, shows: int | None
) -> None:
    """Note where an alert is, or is about to be, and which version it shows."""
    shown = {} if shows is None else {"shown_version": shows}
    await tx.execute(
        update(AutomodAlert)
        .where(AutomodAlert.guild_id == alert.guild_id, AutomodAlert.incident_id == alert.incident_id)
        .values({"posted_in": channel_id, "message_id": message_id} | shown)
    )


async def count_hits(tx: Tx, guild_id: int, since: datetime) -> dict[UUID, RuleHits]:
    """Count what each rule hit since a time."""
    is_on = AutomodHit.mode == "on"
    rows = await tx.execute(
        select(
            AutomodHit.rule_id,
            func.count().filter(is_on).label("live"),
            func.count().filter(~is_on).label("shadow"),
        )
        .where(AutomodHit.guild_id == guild_id, AutomodHit.at >= since)
        .group_by(AutomodHit.rule_id)
    )
    return {row.rule_id: RuleHits(row.live, row.shadow) for row in rows}


async def forget_hits(tx: Tx, before: datetime, limit: int) -> int:
    """Delete the oldest hits that were before a time; tells how many."""
    old = select(AutomodHit.id).where(AutomodHit.at < before).order_by(AutomodHit.at).limit(limit)
    gone = await tx.execute(delete(AutomodHit).where(AutomodHit.id.in_(old)))
    return gone.rowcount
