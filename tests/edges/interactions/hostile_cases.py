"""Staff commands and cases, used by people with the longest names and the worst words."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from app.bytes.domain import Member
from app.moderation import service as moderation_service
from app.moderation.cases import Order
from app.moderation.config import ModerationConfig
from app.moderation.domain import CaseAction, CaseStatus
from tests.support.deciding import decide
from tests.support.guilds import actor, manager, snowflake
from tests.support.signed import menu, submit

if TYPE_CHECKING:
    from tests.edges.interactions.hostile import Stage

Payload = dict[str, Any]


async def _decided(stage: "Stage", name: str, **options: Any) -> list[Payload]:
    """Decide, decide again by somebody else, and without being able to."""
    eve = Member(snowflake(), stage.ada.username)
    first = await stage.use(name, user=stage.bob, reason=stage.words, **options)
    again = await stage.use(name, eve, user=stage.bob, reason=stage.words, **options)
    return [first, again, await stage.use(name, user=stage.bob, reason=stage.words * 2, **options)]


async def warn(stage: "Stage") -> list[Payload]:
    async with stage.database.transaction() as tx:
        ladder = [{"warnings": 1, "within_days": 1, "action": "ban"}]
        config = ModerationConfig.model_validate({"ladder": ladder})
        await moderation_service.save_config(tx, manager(stage.guild_id), config, expected_version=0)
    return await _decided(stage, "warn", silent=True)


async def note(stage: "Stage") -> list[Payload]:
    return await _decided(stage, "note")


async def timeout(stage: "Stage") -> list[Payload]:
    unreadable = await stage.use("timeout", user=stage.bob, duration=stage.words[:40], reason=stage.words)
    return [unreadable, *await _decided(stage, "timeout", duration="27d")]


async def untimeout(stage: "Stage") -> list[Payload]:
    return await _decided(stage, "untimeout")


async def kick(stage: "Stage") -> list[Payload]:
    return await _decided(stage, "kick")


async def ban(stage: "Stage") -> list[Payload]:
    return await _decided(stage, "ban", duration="3650d", delete_messages=7)


async def unban(stage: "Stage") -> list[Payload]:
    return await _decided(stage, "unban")


async def _past(stage: "Stage") -> None:
    """Decide so much about Bob that there are two pages of it."""
    who = actor(stage.guild_id, stage.ada, permissions=_STAFF)
    async with stage.database.transaction() as tx:
        for _ in range(11):
            await decide(tx, who, stage.bob, Order(CaseAction.NOTE, stage.words))
    await stage.use("ban", user=stage.bob, reason=stage.words)


async def view(stage: "Stage") -> list[Payload]:
    await stage.use("timeout", user=stage.bob, duration="27d", reason=stage.words)
    await stage.use("case edit", number=1, reason="!" + stage.words[1:])
    return [await stage.use("case view", number=1), await stage.use("case view", number=2)]


async def list_(stage: "Stage") -> list[Payload]:
    await _past(stage)
    return [
        await stage.use("case list"),
        await stage.use("case list", user=stage.bob, moderator=stage.ada, text=stage.words[:100]),
        await stage.use("case list", action=CaseAction.KICK.value, status=CaseStatus.DONE.value),
    ]


async def list_page(stage: "Stage") -> list[Payload]:
    await _past(stage)
    listed = await stage.use("case list", user=stage.bob, moderator=stage.ada)
    second = await stage.press(listed, 1)
    return [second, await stage.press(second, 0)]


async def mine(stage: "Stage") -> list[Payload]:
    nothing = await stage.use("case mine", stage.bob)
    await _past(stage)
    return [nothing, await stage.use("case mine", stage.bob)]


async def mine_page(stage: "Stage") -> list[Payload]:
    who = actor(stage.guild_id, stage.bob, permissions=_STAFF)
    async with stage.database.transaction() as tx:
        for _ in range(11):
            await decide(tx, who, stage.ada, Order(CaseAction.WARN, stage.words))
    return [await stage.press(await stage.use("case mine"), 1)]


async def edit(stage: "Stage") -> list[Payload]:
    await stage.use("note", user=stage.bob, reason="a slip")
    return [
        await stage.use("case edit", number=1, reason=stage.words),
        await stage.use("case edit", number=1, reason=stage.words * 2),
    ]


async def resolve(stage: "Stage") -> list[Payload]:
    await stage.use("note", user=stage.bob, reason=stage.words)
    return [await stage.use("case resolve", number=1) for _ in range(2)]


async def undo(stage: "Stage") -> list[Payload]:
    await stage.use("ban", user=stage.bob, reason=stage.words)
    return [await stage.use("case undo", number=1, reason=stage.words) for _ in range(2)]


async def view_menu(stage: "Stage") -> list[Payload]:
    await _past(stage)
    return [await _open(stage, "View cases")]


async def warn_menu(stage: "Stage") -> list[Payload]:
    return [await _open(stage, "Warn")]


async def warn_author_menu(stage: "Stage") -> list[Payload]:
    return [await _open_on_message(stage)]


async def warn_form(stage: "Stage") -> list[Payload]:
    return await _submitted(stage, await _open(stage, "Warn"))


async def warn_author_form(stage: "Stage") -> list[Payload]:
    return await _submitted(stage, await _open_on_message(stage), quote=stage.words)


def suggesting(name: str, option: str) -> Callable[["Stage"], Awaitable[list[Payload]]]:
    """Suggest something for one option, where a saved reason and a case are as long as they can be."""

    async def suggest(stage: "Stage") -> list[Payload]:
        async with stage.database.transaction() as tx:
            config = ModerationConfig(saved_reasons=(stage.words[:100].strip() or "x",))
            await moderation_service.save_config(tx, manager(stage.guild_id), config, expected_version=0)
        await stage.use("note", user=stage.bob, reason=stage.words)
        return [await stage.type(name, option, typed) for typed in ("", stage.words[:40])]

    return suggest


async def _open(stage: "Stage", name: str) -> Payload:
    return await stage.deliver(menu(stage.guild_id, stage.ada, name, stage.bob, permissions=_STAFF))


async def _open_on_message(stage: "Stage") -> Payload:
    payload = menu(stage.guild_id, stage.ada, "x", stage.bob, permissions=_STAFF)
    user = {"id": str(stage.bob.user_id), "username": stage.bob.username}
    written = {"id": "555", "channel_id": "777", "author": user, "content": stage.words}
    resolved = payload["data"]["resolved"] | {"messages": {"555": written}}
    payload["data"] |= {"name": "Warn author", "type": 3, "target_id": "555", "resolved": resolved}
    return await stage.deliver(payload)


async def _submitted(stage: "Stage", form: Payload, **more: str) -> list[Payload]:
    custom_id = form["data"]["custom_id"]
    answers = []
    for reason in (stage.words, stage.words * 2):
        filled: dict[str, str | Member] = {"user": stage.bob, "reason": reason, **more}
        payload = submit(stage.guild_id, stage.ada, custom_id, filled)
        payload["member"]["permissions"] = str(_STAFF)
        answers.append(await stage.deliver(payload))
    return answers


_STAFF: Final = (1 << 53) - 1
"""Every permission there is."""

CASES: Final = {
    "/warn": warn,
    "/note": note,
    "/timeout": timeout,
    "/untimeout": untimeout,
    "/kick": kick,
    "/ban": ban,
    "/unban": unban,
    "/case view": view,
    "/case list": list_,
    "/case mine": mine,
    "/case edit": edit,
    "/case resolve": resolve,
    "/case undo": undo,
    "menu View cases": view_menu,
    "menu Warn": warn_menu,
    "menu Warn author": warn_author_menu,
    "control cases": list_page,
    "control case-mine": mine_page,
    "form warn": warn_form,
    "form warn-author": warn_author_form,
    **{
        f"typing {option} of /{name}": suggesting(name, option)
        for option, names in {
            "reason": ("warn", "timeout", "untimeout", "kick", "ban", "unban", "case edit"),
            "duration": ("timeout", "ban"),
            "number": ("case view", "case edit", "case resolve", "case undo"),
        }.items()
        for name in names
    },
}
"""As `hostile.CASES`, of which they are a part."""
