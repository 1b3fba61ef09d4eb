"""Everything there is to run, by people with the longest names and the worst words: one case per route.

A case uses its route as members would and gives every answer. What people write is `stage.words`.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from app.automod.rule import Rule
from app.automod.saving import replace_rules
from app.automod.service import load_rules, pause_rule
from app.bytes import repository
from app.bytes.config import BytesConfig
from app.bytes.domain import MAX_GRANT, MAX_REASON, Member
from app.bytes.repository import Posting
from app.bytes.service import save_config
from app.database.tx import Database, Tx
from app.discord.permissions import Permission
from app.guilds import service as guilds_service
from app.ids import SYSTEM_ID, new_id
from app.moderation import service as moderation_service
from app.moderation.config import ModerationConfig
from interactions.table import ROUTES
from tests.edges.interactions import hostile_backtests, hostile_cases, hostile_raids, hostile_squads
from tests.edges.interactions.outcome import sealed
from tests.oracles.discord_schema import assert_callback
from tests.support.guilds import manager, snowflake
from tests.support.signed import FakeDiscord, buttons_of, command, menu, press, submit, typing

Payload = dict[str, Any]
Case = Callable[["Stage"], Awaitable[list[Payload]]]

MANAGER = int(Permission.ADMINISTRATOR)
MOST = 2**62 - 1

LONGEST_NAME = 32


def _long(fragment: str) -> str:
    return (fragment * MAX_REASON)[:MAX_REASON]


PLAIN = "x" * MAX_REASON
HOSTILE = {
    "mentions": _long("@everyone <@&1> <@1> </cmd:1> <#1> @here <id:home> <:e:1> <t:1:R> "),
    "links": _long("[bank](https://evil.example) <https://evil.example> https://evil.example discord.gg/x "),
    "formats": _long("**b** __u__ ~~s~~ ||x|| *i* _i_ `c` ``` # h "),
    "lines": _long(
        "\n# h\n> q\n>>> q\n-# s\n- l\n* l\n1. l\n```py\nc\n```\n\u2028# h\u2029> q\x0b# h\x85# h "
    ),
    "directions": _long("\u202egnp.exe\u202c \u2066a\u2069 \u200e\u200f\u061c "),
    "unseen": _long("a\u200b\u200d\u2060\ufeff**\u200b@\u200beveryone "),
    "marks above marks": _long("a" + "\u0301" * 60 + " "),
    "emoji": _long("👩‍👩‍👧‍👦🏳️‍🌈🇩🇪👍🏿 "),
    "gaps": _long("{member} {balance} {0.__class__} %s %(n)d "),
    "stars": "*" * MAX_REASON,
    "backslashes": "\\" * MAX_REASON,
    "ends with a backslash": "x" * (MAX_REASON - 1) + "\\",
    "ends with half a mark": "x" * (MAX_REASON - 2) + "**",
}


@dataclass
class Stage:
    """A guild where Ada and Bob have as much as there can be, and where everybody is called `words`."""

    discord: FakeDiscord
    database: Database
    guild_id: int
    locale: str
    words: str
    ada: Member
    bob: Member

    async def deliver(self, payload: Payload) -> Payload:
        """Deliver an interaction in this language; also of an answer with a file, give what is said."""
        answer = await self.discord.send(payload | {"locale": self.locale})
        assert answer.status == 200
        body: Any = answer.body
        if answer.content_type.startswith(b"multipart/"):
            form = message_from_bytes(b"Content-Type: " + answer.content_type + b"\r\n\r\n" + answer.body)
            (body, _file) = (part.get_payload(decode=True) for part in form.walk() if not part.is_multipart())
        callback: Payload = json.loads(body)
        assert_callback(callback)
        return callback

    async def use(self, name: str, who: Member | None = None, **options: object) -> Payload:
        return await self.deliver(command(self.guild_id, who or self.ada, name, options, permissions=MANAGER))

    async def open(self, name: str) -> Payload:
        return await self.deliver(menu(self.guild_id, self.ada, name, self.bob))

    async def press(self, callback: Payload, number: int = 0, *values: str) -> Payload:
        custom_id = buttons_of(callback)[number]["custom_id"]
        return await self.deliver(press(self.guild_id, self.ada, custom_id, values, permissions=MANAGER))

    async def type(self, name: str, option: str, typed: str) -> Payload:
        return await self.deliver(typing(self.guild_id, self.ada, name, option, typed, permissions=MANAGER))

    async def crowd(self) -> None:
        """Fill the leaderboard's first page."""
        async with self.database.transaction() as tx:
            people = [Member(snowflake(), self.ada.username) for _ in range(12)]
            await _mint(tx, self.guild_id, 2**52, *people)

    async def sends(self, times: int) -> list[Payload]:
        return [
            await self.use("bytes send", user=self.bob, amount=10**6, reason=self.words) for _ in range(times)
        ]


async def set_stage(
    discord: FakeDiscord, database: Database, guild_id: int, locale: str, words: str
) -> Stage:
    """Make a guild in which everything is as long and as large as it can be."""
    name = " ".join(words.split())[:LONGEST_NAME]
    ada, bob = Member(snowflake(), name), Member(snowflake(), name[::-1])
    async with database.transaction() as tx:
        await guilds_service.enter_guild(tx, guild_id)
        generous = BytesConfig(max_transfer=10**6, daily_amount=1000)
        await save_config(tx, manager(guild_id), generous, expected_version=0)
        await _mint(tx, guild_id, MOST - 10**10, ada, bob)
    return Stage(discord, database, guild_id, locale, words, ada, bob)


async def _mint(tx: Tx, guild_id: int, amount: int, *people: Member) -> None:
    """Give people more than any grant could."""
    for person in people:
        posting = Posting(
            id=new_id(),
            idempotency_key=f"hostile:{snowflake()}",
            guild_id=guild_id,
            kind="grant",
            giver_id=SYSTEM_ID,
            giver_username=None,
            receiver_id=person.user_id,
            receiver_username=person.username,
            amount=amount,
        )
        await repository.post(tx, posting)
        await guilds_service.record_change(
            tx,
            manager(guild_id),
            subject=("bytes_transaction", str(posting.id)),
            before=None,
            after={"kind": "grant", "receiver_id": str(person.user_id), "amount": amount},
        )


# --- one case per route --------------------------------------------------------------------------


async def _balance(stage: Stage) -> list[Payload]:
    return [await stage.use("bytes balance"), await stage.use("bytes balance", user=stage.bob)]


async def _daily(stage: Stage) -> list[Payload]:
    return [await stage.use("bytes daily"), await stage.use("bytes daily")]


async def _send(stage: Stage) -> list[Payload]:
    poor = Member(snowflake(), stage.ada.username)
    return [
        *await stage.sends(1),
        await stage.use("bytes send", poor, user=stage.bob, amount=10**6, reason=stage.words),
    ]


async def _leaderboard(stage: Stage) -> list[Payload]:
    await stage.crowd()
    return [await stage.use("bytes leaderboard"), await stage.use("bytes leaderboard", page=100_000)]


async def _leaderboard_page(stage: Stage) -> list[Payload]:
    await stage.crowd()
    return [await stage.press(await stage.use("bytes leaderboard"), 1)]


async def _history(stage: Stage) -> list[Payload]:
    await stage.sends(11)
    return [await stage.use("bytes history"), await stage.use("bytes history", user=stage.bob)]


async def _history_page(stage: Stage) -> list[Payload]:
    await stage.sends(11)
    second = await stage.press(await stage.use("bytes history"), 1)
    return [second, await stage.press(second, 0)]


async def _grant(stage: Stage) -> list[Payload]:
    return [await stage.use("treasury grant", user=stage.bob, amount=MAX_GRANT, reason=stage.words)]


async def _take(stage: Stage) -> list[Payload]:
    poor = Member(snowflake(), stage.ada.username)
    return [
        await stage.use("treasury take", user=stage.bob, amount=MAX_GRANT, reason=stage.words),
        await stage.use("treasury take", user=poor, amount=MAX_GRANT, reason=stage.words),
    ]


async def _undo(stage: Stage) -> list[Payload]:
    """Undo what was spent in part: refused, then with force, and once more."""
    eve = Member(snowflake(), stage.ada.username)
    await stage.use("treasury grant", user=eve, amount=MAX_GRANT, reason=stage.words)
    newest = (await stage.type("treasury undo", "transaction", ""))["data"]["choices"][0]["value"]
    await stage.use("bytes send", eve, user=stage.bob, amount=10**6, reason=stage.words)
    return [
        await stage.use("treasury undo", transaction=newest),
        await stage.use("treasury undo", transaction=newest, force=True),
        await stage.use("treasury undo", transaction=newest, force=True),
        await stage.use("treasury undo", transaction=stage.words[:100]),
    ]


async def _undo_suggestions(stage: Stage) -> list[Payload]:
    await stage.sends(2)
    return [await stage.type("treasury undo", "transaction", typed) for typed in ("", stage.words[:100])]


async def _help(stage: Stage) -> list[Payload]:
    explained = [await stage.use("help", command=each.name) for each in ROUTES.commands]
    return [await stage.use("help"), *explained, await stage.use("help", command=stage.words[:LONGEST_NAME])]


async def _help_chosen(stage: Stage) -> list[Payload]:
    overview = await stage.use("help")
    return [await stage.press(overview, 0, each.name) for each in ROUTES.commands]


async def _help_suggestions(stage: Stage) -> list[Payload]:
    return [await stage.type("help", "command", typed) for typed in ("", "/", stage.words[:LONGEST_NAME])]


async def _about(stage: Stage) -> list[Payload]:
    return [await stage.use("about")]


async def _export(stage: Stage) -> list[Payload]:
    await stage.sends(1)
    return [await stage.use("privacy export")]


async def _erase(stage: Stage) -> list[Payload]:
    return [await stage.use("privacy erase")]


async def _erased(stage: Stage) -> list[Payload]:
    await stage.sends(1)
    question, another = await stage.use("privacy erase"), await stage.use("privacy erase")
    return [await stage.press(question, 0), await stage.press(question, 0), await stage.press(another, 0)]


async def _kept(stage: Stage) -> list[Payload]:
    return [await stage.press(await stage.use("privacy erase"), 1)]


async def _send_menu(stage: Stage) -> list[Payload]:
    return [await stage.open("Send bytes")]


async def _view_menu(stage: Stage) -> list[Payload]:
    return [await stage.open("View bytes")]


async def _send_form(stage: Stage) -> list[Payload]:
    custom_id = (await stage.open("Send bytes"))["data"]["custom_id"]
    filled: list[dict[str, str | Member]] = [
        {"user": stage.bob, "amount": "1000000", "reason": stage.words},
        {"user": stage.bob, "amount": stage.words, "reason": stage.words},
        {"user": stage.bob, "amount": "1", "reason": stage.words + "x"},
    ]
    return [await stage.deliver(submit(stage.guild_id, stage.ada, custom_id, each)) for each in filled]


async def _massban(stage: Stage) -> list[Payload]:
    several = " ".join(str(snowflake()) for _ in range(200))
    return [
        await stage.use("massban", ids=several, reason=stage.words, delete_messages=7),
        await stage.use("massban", ids=f"{stage.ada.user_id} {snowflake()}", reason=stage.words),
        await stage.use("massban", ids=stage.words, reason=stage.words),
        await stage.use("massban", joined_since=stage.words[:40], reason=stage.words),
        await stage.use("massban", joined_since="10m", reason=stage.words),
        await stage.use("massban", reason=stage.words),
    ]


async def _ask_massban(stage: Stage, how_many: int = 10) -> Payload:
    several = " ".join(str(snowflake()) for _ in range(how_many))
    return await stage.use("massban", ids=several, reason=stage.words)


async def _massbanned(stage: Stage) -> list[Payload]:
    question = await _ask_massban(stage)
    return [await stage.press(question, 0), await stage.press(question, 1)]


async def _not_massbanned(stage: Stage) -> list[Payload]:
    return [await stage.press(await _ask_massban(stage), 1)]


async def _incident_view(stage: Stage) -> list[Payload]:
    await stage.press(await _ask_massban(stage), 0)
    return [await stage.use("incident view", number=1), await stage.use("incident view", number=2)]


async def _incident_page(stage: Stage) -> list[Payload]:
    await stage.press(await _ask_massban(stage, 20), 0)
    second = await stage.press(await stage.use("incident view", number=1), 1)
    return [second, await stage.press(second, 1)]


async def _incident_undo(stage: Stage) -> list[Payload]:
    await stage.press(await _ask_massban(stage), 0)
    return [await stage.use("incident undo", number=1), await stage.use("incident undo", number=2)]


async def _incident_undone(stage: Stage) -> list[Payload]:
    await stage.press(await _ask_massban(stage), 0)
    question = await stage.use("incident undo", number=1)
    undone = await stage.press(question, 0)
    return [undone, await stage.press(question, 0), await stage.use("incident undo", number=1)]


async def _incident_kept(stage: Stage) -> list[Payload]:
    await stage.press(await _ask_massban(stage), 0)
    return [await stage.press(await stage.use("incident undo", number=1), 1)]


async def _purge(stage: Stage) -> list[Payload]:
    return [
        await stage.use("purge", count=100, user=stage.bob, contains=stage.words[:100], bots_only=True),
        await stage.use("purge", count=1),
    ]


async def _massban_reasons(stage: Stage) -> list[Payload]:
    return [await stage.type("massban", "reason", typed) for typed in ("", stage.words[:100])]


async def _report_menu(stage: Stage) -> list[Payload]:
    """Report a message: before a channel was chosen, for the first time, again, and one's own."""
    early = await _report(stage, stage.bob)
    await _choose_log(stage)
    message_id = snowflake()
    return [
        early,
        *[await _report(stage, stage.bob, message_id) for _ in range(2)],
        await _report(stage, stage.ada),
    ]


async def _report_claim(stage: Stage) -> list[Payload]:
    await _reported(stage)
    eve = Member(snowflake(), stage.ada.username)
    return [await _press_report(stage, "report-claim", who) for who in (stage.ada, stage.ada, eve)]


async def _report_dismiss(stage: Stage) -> list[Payload]:
    await _reported(stage)
    eve = Member(snowflake(), stage.ada.username)
    return [await _press_report(stage, "report-dismiss", who) for who in (stage.ada, stage.ada, eve)]


async def _report_warn(stage: Stage) -> list[Payload]:
    await _reported(stage)
    return [await _press_report(stage, "report-warn", stage.ada)]


async def _report_timeout(stage: Stage) -> list[Payload]:
    await _reported(stage)
    return [await _press_report(stage, "report-timeout", stage.ada)]


async def _report_warn_form(stage: Stage) -> list[Payload]:
    opened = (await _report_warn(stage))[0]["data"]["custom_id"]
    return [await _submit_report(stage, opened, reason=words) for words in (stage.words, stage.words * 2)]


async def _report_timeout_form(stage: Stage) -> list[Payload]:
    opened = (await _report_timeout(stage))[0]["data"]["custom_id"]
    return [
        await _submit_report(stage, opened, duration=duration, reason=stage.words)
        for duration in ("1h", stage.words[:40])
    ]


async def _choose_log(stage: Stage) -> None:
    async with stage.database.transaction() as tx:
        config = ModerationConfig(log_channel_id="777")
        await moderation_service.save_config(tx, manager(stage.guild_id), config, expected_version=0)


async def _reported(stage: Stage) -> None:
    """Have Ada report what Bob wrote: report 1."""
    await _choose_log(stage)
    await _report(stage, stage.bob)


async def _report(stage: Stage, author: Member, message_id: int | None = None) -> Payload:
    written, payload = str(message_id or snowflake()), menu(stage.guild_id, stage.ada, "x", author)
    user = {"id": str(author.user_id), "username": author.username}
    message = {"id": written, "channel_id": "777", "author": user, "content": stage.words}
    opened_on = {"type": 3, "target_id": written, "resolved": {"messages": {written: message}}}
    payload["data"] |= {"name": "Report to moderators", **opened_on}
    return await stage.deliver(payload)


async def _press_report(stage: Stage, name: str, who: Member) -> Payload:
    custom_id = sealed(stage.discord, stage.guild_id, f"{name}:1", stage.bob)
    return await stage.deliver(press(stage.guild_id, who, custom_id, permissions=MANAGER))


async def _submit_report(stage: Stage, custom_id: str, **fields: str | Member) -> Payload:
    payload = submit(stage.guild_id, stage.ada, custom_id, fields)
    payload["member"]["permissions"] = str(MANAGER)
    return await stage.deliver(payload)


async def _automod_status(stage: Stage) -> list[Payload]:
    """Look at no rules, then at more than are shown, one of which is paused because of the worst words."""
    empty = await stage.use("automod status")
    await _make_rules(stage, 27)
    return [empty, await stage.use("automod status")]


async def _automod_toggle(stage: Stage) -> list[Payload]:
    names = await _make_rules(stage)
    return [
        *[await stage.use("automod toggle", rule=names[0], mode=mode) for mode in ("on", "on", "off")],
        await stage.use("automod toggle", rule=stage.words[:60], mode="shadow"),
    ]


async def _automod_test(stage: Stage) -> list[Payload]:
    names = await _make_rules(stage, 27)
    return [
        await stage.use("automod test", text=stage.words),
        await stage.use("automod test", text=stage.words, rule=names[0]),
        await stage.use("automod test", text="free nitro", rule=stage.words[:60]),
    ]


async def _automod_rules(stage: Stage, path: str) -> list[Payload]:
    await _make_rules(stage)
    return [await stage.type(path, "rule", typed) for typed in ("", stage.words[:100])]


async def _make_rules(stage: Stage, count: int = 3) -> list[str]:
    """Make rules that fire on nearly everything; gives their names."""
    visible = "".join(each for each in stage.words if each.isprintable()).strip()
    names = [f"{visible[:50]} {number}".strip() for number in range(count)]
    more = {
        "trigger": {"type": "message_regex", "patterns": [r"\S+.*"]},
        "actions": [{"type": "warn"}],
        "confirmed_broad": True,
    }
    async with stage.database.transaction() as tx:
        wanted = [Rule.model_validate({"name": name} | more) for name in names]
        await replace_rules(tx, manager(stage.guild_id), wanted)
        last = (await load_rules(tx, stage.guild_id))[-1]
        words = {"words": stage.words}
        await pause_rule(tx, stage.guild_id, last.id, version=1, reason="{words}", facts=words)
    return names


CASES: dict[str, Case] = {
    "/bytes balance": _balance,
    "/bytes daily": _daily,
    "/bytes send": _send,
    "/bytes leaderboard": _leaderboard,
    "/bytes history": _history,
    "/treasury grant": _grant,
    "/treasury take": _take,
    "/treasury undo": _undo,
    **hostile_cases.CASES,
    **hostile_raids.CASES,
    **hostile_backtests.CASES,
    **hostile_squads.CASES,
    "/massban": _massban,
    "/incident view": _incident_view,
    "/incident undo": _incident_undo,
    "/automod status": _automod_status,
    "/automod toggle": _automod_toggle,
    "/automod test": _automod_test,
    "/purge": _purge,
    "/privacy export": _export,
    "/privacy erase": _erase,
    "/help": _help,
    "/about": _about,
    "menu Send bytes": _send_menu,
    "menu View bytes": _view_menu,
    "control leaderboard": _leaderboard_page,
    "control history": _history_page,
    "control help": _help_chosen,
    "control massban": _massbanned,
    "control massban-no": _not_massbanned,
    "control incident": _incident_page,
    "control incident-undo": _incident_undone,
    "control incident-keep": _incident_kept,
    "control privacy-erase": _erased,
    "control privacy-keep": _kept,
    "form send": _send_form,
    "menu Report to moderators": _report_menu,
    "control report-claim": _report_claim,
    "control report-warn": _report_warn,
    "control report-timeout": _report_timeout,
    "control report-dismiss": _report_dismiss,
    "form report-warn": _report_warn_form,
    "form report-timeout": _report_timeout_form,
    "typing transaction of /treasury undo": _undo_suggestions,
    "typing command of /help": _help_suggestions,
    "typing rule of /automod toggle": lambda stage: _automod_rules(stage, "automod toggle"),
    "typing rule of /automod test": lambda stage: _automod_rules(stage, "automod test"),
    "typing rule of /automod backtest": lambda stage: _automod_rules(stage, "automod backtest"),
    "typing reason of /massban": _massban_reasons,
}
"""What is run -> how it is used. A route that has no case here fails a test."""


def everything() -> set[str]:
    """Name every route of the table as `CASES` does."""
    paths = {path: each for root in ROUTES.commands for path, each in root.runnable().items()}
    return {
        *(f"/{path}" for path in paths),
        *(f"menu {each.name}" for each in ROUTES.menus),
        *(f"control {each.name}" for each in ROUTES.controls),
        *(f"form {each.name}" for each in ROUTES.forms),
        *(
            f"typing {one.name} of /{path}"
            for path, each in paths.items()
            for one in each.parameters
            if one.option.autocomplete is not None
        ),
    }
