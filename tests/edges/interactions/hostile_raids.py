"""What stands below an alert, pressed where rules and members are called as badly as can be."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from app import clock
from app.automod.raids.pauses import want_slow
from app.automod.raids.state import Cause
from app.automod.rendering import BAN_ALL, LIFT_ALL, PAUSE_INVITES, TIME_OUT_ALL
from app.automod.saving import replace_rules
from app.bytes.domain import Member
from app.discord.permissions import Permission
from app.moderation.domain import CaseAction
from tests.edges.interactions.outcome import sealed
from tests.support.guilds import manager, snowflake
from tests.support.ruling import Beat, rule
from tests.support.signed import press

if TYPE_CHECKING:
    from tests.edges.interactions.hostile import Stage

Payload = dict[str, Any]

_ADMINISTRATOR: Final = int(Permission.ADMINISTRATOR)


async def _raided(stage: "Stage", *actions: CaseAction) -> None:
    """Have fifteen join at once, whom a rule with the worst name hits."""
    visible = "".join(each for each in stage.words if each.isprintable()).strip()
    beat = Beat(stage.guild_id)
    async with stage.database.transaction() as tx:
        chosen: list[dict[str, Any]] = [{"type": "alert"}, *({"type": each.value} for each in actions)]
        trigger = {"type": "join_rate", "joins": 5, "seconds": 30}
        await beat.rule(tx, rule(visible[:60].strip(), trigger=trigger, actions=chosen))
        for after in range(15):
            await beat.see(tx, beat.join(Member(snowflake(), stage.ada.username), after))


async def _press(stage: "Stage", name: str, row: str = "1") -> Payload:
    custom_id = sealed(stage.discord, stage.guild_id, f"{name}:{row}", stage.ada)
    return await stage.deliver(press(stage.guild_id, stage.ada, custom_id, permissions=_ADMINISTRATOR))


async def ban_all(stage: "Stage") -> list[Payload]:
    early = await _press(stage, BAN_ALL)
    await _raided(stage)
    return [early, await _press(stage, BAN_ALL)]


async def time_out_all(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    return [await _press(stage, TIME_OUT_ALL)]


async def lift_all(stage: "Stage") -> list[Payload]:
    await _raided(stage, CaseAction.BAN)
    return [await _press(stage, LIFT_ALL), await _press(stage, LIFT_ALL, "2")]


async def banned(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    question = await _press(stage, BAN_ALL)
    done = await stage.press(question, 0)
    return [done, await stage.press(question, 0), await _press(stage, BAN_ALL)]


async def not_banned(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    question = await _press(stage, BAN_ALL)
    return [await stage.press(question, 1), await stage.press(question, 0)]


async def timed_out(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    return [await stage.press(await _press(stage, TIME_OUT_ALL), 0)]


async def not_timed_out(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    return [await stage.press(await _press(stage, TIME_OUT_ALL), 1)]


async def pause(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    return [await _press(stage, PAUSE_INVITES), await _press(stage, PAUSE_INVITES, "2")]


async def paused(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    question = await _press(stage, PAUSE_INVITES)
    return [await stage.press(question, 0), await stage.press(question, 1)]


async def not_paused(stage: "Stage") -> list[Payload]:
    await _raided(stage)
    return [await stage.press(await _press(stage, PAUSE_INVITES), 1)]


async def on(stage: "Stage") -> list[Payload]:
    """Switch raid mode on, for as long as can be, and again; in the end where no rule has room."""
    first = [await stage.use("raid on", minutes=1_440), await stage.use("raid on")]
    await stage.use("raid off")
    visible = "".join(each for each in stage.words if each.isprintable()).strip()
    rules = [rule(f"{visible[:50]} {number}".strip()) for number in range(50)]
    async with stage.database.transaction() as tx:
        await replace_rules(tx, manager(stage.guild_id), rules)
    return [*first, await stage.use("raid on")]


async def off(stage: "Stage") -> list[Payload]:
    await stage.use("raid on")
    return [await stage.use("raid off"), await stage.use("raid off")]


async def status(stage: "Stage") -> list[Payload]:
    """Look at raid mode while it is off, and on where nothing could be done."""
    early = await stage.use("raid status")
    await stage.use("raid on")
    async with stage.database.transaction() as tx:
        for number in range(50):
            cause = Cause(stage.ada.user_id, "Raid mode")
            until = clock.now() + timedelta(hours=1)
            await want_slow(tx, stage.guild_id, snowflake(), cause, seconds=10, until=until)
            if number == 30:
                await tx.execute(text("UPDATE channel_slow_modes SET is_refused = true"))
                await tx.execute(text("UPDATE raid_pauses SET is_refused = true"))
                await tx.execute(text("UPDATE raid_modes SET is_slow_refused = true"))
    return [early, await stage.use("raid status")]


CASES: Final = {
    "/raid on": on,
    "/raid off": off,
    "/raid status": status,
    f"control {PAUSE_INVITES}": pause,
    "control alert-pause-do": paused,
    "control alert-pause-no": not_paused,
    f"control {BAN_ALL}": ban_all,
    f"control {TIME_OUT_ALL}": time_out_all,
    f"control {LIFT_ALL}": lift_all,
    "control alert-ban-yes": banned,
    "control alert-ban-no": not_banned,
    "control alert-time-yes": timed_out,
    "control alert-time-no": not_timed_out,
}
"""As `hostile.CASES`, of which they are a part."""
