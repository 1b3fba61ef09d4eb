"""Who can do what to whom, through every door; and again when it is carried out.

The answers expected here are written down from Discord's rules and the product's, not from our tables.
"""

from typing import Any

import pytest

from app.bytes.domain import Member
from app.guilds.domain import Actor
from app.moderation.domain import CaseAction, CaseStatus
from tests.support import deciding
from tests.support.guilds import new_guild
from tests.support.precinct import Person, Precinct

pytestmark = pytest.mark.anyio

NO_RIGHT = "You need the permission"
SELF = "Nobody does this to themselves"
BOT = "cannot be done to the bot itself"
OWNER = "cannot be done to the owner"
YOURS = "highest role is not below yours"
BOTS = "highest role is not below the bot's"
DONE = "Case #"

# whose doing -> to whom -> what comes of it
EXPECTED = {
    "moderator": {
        "owner": OWNER,
        "admin": YOURS,
        "moderator": YOURS,
        "helper": DONE,
        "member": DONE,
        "nobody's": DONE,
        "bot": BOT,
        "self": SELF,
        "absent": DONE,
    },
    "admin": {
        "owner": OWNER,
        "admin": YOURS,
        "moderator": DONE,
        "helper": DONE,
        "bot": BOT,
        "self": SELF,
        "absent": DONE,
    },
    "owner": {
        "admin": BOTS,
        "moderator": DONE,
        "member": DONE,
        "bot": BOT,
        "self": SELF,
        "absent": DONE,
    },
    "helper": {"member": NO_RIGHT, "self": NO_RIGHT, "absent": NO_RIGHT},
    "member": {"nobody's": NO_RIGHT, "owner": NO_RIGHT},
}
ROLES = {
    "admin": ["Verified", "Admin"],
    "moderator": ["Verified", "Moderator"],
    "helper": ["Verified", "Helper"],
    "member": ["Verified"],
    "nobody's": [],
}
COMMANDS: dict[str, dict[str, Any]] = {
    "warn": {"reason": "x"},
    "note": {"reason": "x"},
    "timeout": {"reason": "x", "duration": "1h"},
    "untimeout": {},
    "kick": {"reason": "x"},
    "ban": {"reason": "x"},
    "unban": {},
}
ALL = ("warn", "ban")
"""Doors that everybody tries; through the others go those of whom most differs."""
_NOT_OFFERED = {"bot": ("Warn author",), "absent": ("Warn author", "Warn")}
"""To whom -> menus that Discord does not offer for them."""


class Doors:
    """Every way to do something to somebody."""

    def __init__(self, here: Precinct) -> None:
        self.here = here
        self.opened = 0
        self._spared: dict[str, Person] = {}

    async def whom(self, kind: str, who: Person, *, is_spared: bool) -> Person:
        """Find somebody of that kind to act on; somebody new, unless nothing will come of it."""
        match kind:
            case "self":
                return who
            case "owner":
                return self.here.owner
        if is_spared and kind in self._spared:
            return self._spared[kind]
        match kind:
            case "bot":
                whom = await self.here.person("demo_bot")
            case "absent":
                whom = await self.here.newcomer()
                await self.here.leave(whom)
            case _:
                whom = await self.here.newcomer(*ROLES[kind])
        if is_spared:
            self._spared[kind] = whom
        return whom

    async def who(self, kind: str) -> Person:
        """Find somebody of that kind to act; new ones, because nobody may ask for much at once."""
        return self.here.owner if kind == "owner" else await self.here.newcomer(*ROLES[kind])

    async def command(self, name: str, who: Person, whom: Person) -> dict[str, Any]:
        return await self.here.ask(who, name, user=whom["id"], **COMMANDS[name])

    async def menu(self, who: Person, whom: Person) -> dict[str, Any]:
        opened = await self.here.pick(who, "Warn", whom["id"])
        return opened if opened["modal"] is None else await self.here.fill_in(who, opened, reason="x")

    async def menu_of_a_message(self, who: Person, whom: Person) -> dict[str, Any]:
        message_id = await self.here.says(whom, "hello there")
        opened = await self.here.pick(who, "Warn author", message_id)
        return opened if opened["modal"] is None else await self.here.fill_in(who, opened, reason="x")

    async def undo(self, who: Person, whom: Person) -> dict[str, Any]:
        """Undo a case about somebody that the operator opened."""
        about = Member(int(whom["id"]), whom["username"])
        async with self.here.database.transaction() as tx:
            operator = Actor.operator(self.here.guild_id)
            opened = await deciding.decide(tx, operator, about, CaseAction.NOTE)
        self.opened += 1
        return await self.here.ask(who, "case undo", number=opened.case.number)


async def tried(doors: Doors, kind: str, name: str) -> None:
    """Go through one door as one kind of actor, to every kind of target."""
    who = await doors.who(kind)
    for target, expected in EXPECTED[kind].items():
        if name in _NOT_OFFERED.get(target, ()):
            continue
        whom = await doors.whom(target, who, is_spared=expected is not DONE)
        match name:
            case "Warn":
                answer = await doors.menu(who, whom)
            case "Warn author":
                answer = await doors.menu_of_a_message(who, whom)
            case "case undo":
                answer = await doors.undo(who, whom)
            case _:
                answer = await doors.command(name, who, whom)
        said = answer["message"]["text"]
        assert expected in said, f"{name}: {kind} -> {target}: {said}"
        if expected is DONE:
            doors.opened += name != "case undo"
        else:
            assert answer["message"]["visible_to"] == who["id"], said
            assert DONE not in said
        assert await doors.here.how_many() == doors.opened, f"{name}: {kind} -> {target}"


class TestBeforeIt:
    @pytest.mark.parametrize("name", [*COMMANDS, "Warn", "Warn author", "case undo"])
    async def test_is_decided_who_does_what_to_whom(self, precinct: Precinct, name: str) -> None:
        doors = Doors(precinct)
        for kind in EXPECTED if name in ALL else ("moderator", "member"):
            await tried(doors, kind, name)

    async def test_nothing_changes_in_discord_for_who_is_refused(self, precinct: Precinct) -> None:
        doors = Doors(precinct)
        moderator, member = await doors.who("moderator"), await doors.who("member")
        tomasz = await precinct.person("tomasz.z")
        before = await precinct.state()
        async with precinct.working():
            for who, whom in ((moderator, tomasz), (member, moderator), (moderator, moderator)):
                for name in COMMANDS:
                    assert DONE not in (await doors.command(name, who, whom))["message"]["text"]
            await precinct.until_quiet()
        after = await precinct.state()
        assert after["people"] == before["people"]
        assert [guild["audit_log"] for guild in after["guilds"]] == [
            guild["audit_log"] for guild in before["guilds"]
        ]
        assert await precinct.bans() == {}


class TestCarryingItOut:
    async def test_asks_again_who_may_do_it(self, precinct: Precinct) -> None:
        await precinct.configure(log_channel_id=None)
        doors = Doors(precinct)
        expected = {
            "demoted to a helper": "was no longer allowed to",
            "timed out": "was no longer allowed to",
            "without any role": "no longer below the moderator's",
            "gone": "the moderator had left the server",
            "member became an admin": "no longer below the moderator's",
            "member rose above the bot": "highest role is not below the bot's",
            "still a moderator": "Banned",
        }
        asked, members = {}, {}
        for what in expected:
            owner = what == "member rose above the bot"
            who, bob = await doors.who("owner" if owner else "moderator"), await doors.who("member")
            if what == "demoted to a helper":
                bob = await precinct.newcomer()
            asked[what] = await precinct.ask(who, "ban", user=bob["id"], reason="x")
            members[what] = bob
            assert DONE in asked[what]["message"]["text"]
            match what:
                case "demoted to a helper":
                    await precinct.role(who, "Moderator", "remove")
                case "timed out":
                    await precinct.by_hand("timeout", who, seconds=600)
                case "without any role":
                    await precinct.role(who, "Moderator", "remove")
                    await precinct.role(who, "Verified", "remove")
                case "gone":
                    await precinct.leave(who)
                case "member became an admin" | "member rose above the bot":
                    await precinct.role(bob, "Admin")
        async with precinct.working():
            await precinct.until_quiet()
        for what, sentence in expected.items():
            said = await precinct.reply(asked[what]["message"]["id"])
            assert sentence in said, what
            case = await precinct.latest(members[what])
            if what == "still a moderator":
                assert case.status is CaseStatus.ACTIVE
                continue
            assert case.status is CaseStatus.FAILED, what
            assert "Not done" in said
            assert await precinct.told(members[what]) == [], what
        assert set(await precinct.bans()) == {members["still a moderator"]["id"]}


class TestOtherGuilds:
    async def test_have_no_cases_that_could_be_named_here(self, precinct: Precinct) -> None:
        """Numbers are per guild, so one that is not here may well be elsewhere."""
        elsewhere, bob = new_guild(), await precinct.newcomer()
        about = Member(int(bob["id"]), bob["username"])
        async with precinct.database.transaction() as tx:
            for _ in range(3):
                theirs = await deciding.decide(tx, deciding.moderator(elsewhere), about, CaseAction.BAN)
                await deciding.carried_out(tx, theirs.case)
                await deciding.undo(tx, deciding.moderator(elsewhere), theirs.case)
        leilani = await precinct.person("leilani.k")
        await precinct.use(leilani, "note", user=bob["id"], reason="ours")
        for name, more in (
            ("case view", {}),
            ("case edit", {"reason": "x"}),
            ("case resolve", {}),
            ("case undo", {}),
        ):
            answer = await precinct.ask(leilani, name, number=2, **more)
            assert "This server has no case #2" in answer["message"]["text"], name
            assert answer["message"]["visible_to"] == leilani["id"]
        listed = await precinct.use(leilani, "case list", user=bob["id"])
        assert "ours" in listed
        assert "spam" not in listed
        assert "There is no case about you" in await precinct.use(bob, "case mine")
        async with precinct.database.transaction() as tx:
            assert (await deciding.now_of(tx, theirs.case)).status is CaseStatus.UNDONE
