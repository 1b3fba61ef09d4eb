"""What people write goes through everything that shows it: it reads as written, pings nobody, and is kept."""

import re
from collections import Counter
from typing import Any

import pytest

from app.discord.text import one_line
from app.moderation import erasure
from tests.oracles.markup import marks, words
from tests.support.precinct import Person, Precinct, Shown

pytestmark = pytest.mark.anyio

PLAIN = "plain words"
MODERATORS = "821007528388460669"
"""A role that everybody may mention, so that a ping would be one."""
HOSTILE = {
    "mentions": (
        f"@everyone @here <@&{MODERATORS}> <@544397697248657425> <#820804571521482824> </ban:1> <t:1:R>"
    ),
    "links and formats": (
        "[bank](https://evil.example) <https://evil.example> https://evil.example discord.gg/x "
        "**b** __u__ ~~s~~ ||x|| *i* _i_ `c` ```block```"
    ),
    "lines": (
        "a\n# h\n> q\n>>> q\n- l\n1. l\n-# s\n```py\nc\n```\n"
        "\u202egnp.exe\u202c \u2066a\u2069 **\u200b\u2060@\u200beveryone"
    ),
    "gaps": "{reason} {user} {0.__class__} {guild.owner} {{x}} %s %(n)d $x \\1 \\g<0> ends with a \\",
    "longest": "👍" * 509 + "**\\",
}


def shape(text: str) -> Counter[str]:
    """What of a text is more than words, whoever it names and whichever time it says."""
    return Counter(re.sub(r"\d{6,20}", "0", mark) for mark in marks(text))


def readable(text: str) -> str:
    """What somebody reads of a text that was escaped, in one line."""
    return " ".join(words(text).split())


def assert_pings_nobody(message: Shown) -> None:
    assert message["mentions"] == {"users": [], "roles": [], "everyone": False}
    assert message["allowed_mentions"]["parse"] == []
    assert not message["allowed_mentions"].get("users")
    assert not message["allowed_mentions"].get("roles")


async def read_file(here: Precinct, person: Person) -> dict[str, Any]:
    async with here.database.transaction() as tx:
        return await erasure.export_member(tx, here.guild_id, int(person["id"]))


class TestAReason:
    async def test_reads_as_written_wherever_it_is_shown(self, precinct: Precinct) -> None:
        mod = await precinct.person("leilani.k")
        reasons = {"plain": PLAIN, **HOSTILE}
        people = {kind: await precinct.newcomer() for kind in reasons}
        replies = {}
        for kind, reason in reasons.items():
            answer = await precinct.ask(mod, "timeout", user=people[kind]["id"], duration="1h", reason=reason)
            replies[kind] = answer["message"]["id"]
        async with precinct.working():
            await precinct.until_quiet()
        state = await precinct.state()
        messages = {each["id"]: each for each in state["messages"]}
        posts = await precinct.posts(precinct.channel("mod-log")["id"])
        log = {each["embeds"][0]["footer"]["text"]: each for each in posts if "footer" in str(each["embeds"])}
        audit = [entry["reason"] for entry in state["guilds"][0]["audit_log"]]
        shown: dict[str, dict[str, list[str]]] = {}
        for kind, reason in reasons.items():
            case = await precinct.latest(people[kind])
            assert case.reason == reason  # kept as it was written
            [told] = await precinct.told(people[kind])
            logged = log[case.mark]
            reply = messages[replies[kind]]
            for message in (told, logged, reply):
                assert_pings_nobody(message)
            view = await precinct.ask(mod, "case view", number=case.number)
            listed = await precinct.ask(mod, "case list", user=people[kind]["id"])
            await precinct.by_hand("untimeout", people[kind])  # Discord: nobody uses commands in a time-out
            mine = await precinct.ask(people[kind], "case mine")
            for answer in (view, listed, mine):
                assert_pings_nobody(answer["message"])
            shown[kind] = {
                "reply": [reply["text"]],
                "log": [field["value"] for field in logged["embeds"][0]["fields"]],
                "told": [told["embeds"][0]["description"]],
                "view": [view["message"]["text"]],
                "list": [listed["message"]["text"]],
                "mine": [mine["message"]["text"]],
            }
            expected = " ".join(one_line(reason).split())
            for where in ("reply", "log", "told", "view"):
                cut = 400 if where == "log" else 512  # a field of the log is shorter than a reason, escaped
                read = readable("\n".join(shown[kind][where]))
                assert expected[:cut].rstrip("\\") in read, f"{kind}, {where}: {read}"
            for where in ("list", "mine"):
                assert expected[:100] in readable("\n".join(shown[kind][where])), f"{kind}, {where}"
            assert f"Case #{case.number} by leilani.k: {reason}"[:512] in audit, kind
            exported = await read_file(precinct, people[kind])
            assert exported["cases"][0]["reason"] == reason
        for kind in HOSTILE:
            for where, texts in shown[kind].items():
                alive = [shape(text) for text in texts]
                assert alive == [shape(text) for text in shown["plain"][where]], f"{kind}, {where}: {texts}"

    async def test_that_was_replaced_reads_as_written_in_the_timeline(self, precinct: Precinct) -> None:
        mod, bob = await precinct.person("leilani.k"), await precinct.newcomer()
        shown = []
        for reason in ("x" * 300, "a" + "*" * 299, HOSTILE["links and formats"]):
            await precinct.use(mod, "note", user=bob["id"], reason=reason)
            number = (await precinct.latest(bob)).number
            await precinct.use(mod, "case edit", number=number, reason="better")
            await precinct.use(mod, "case edit", number=number, reason="best")
            shown.append(await precinct.use(mod, "case view", number=number))
        assert [shape(each) for each in shown] == [shape(shown[0])] * 3
        assert "before: x" in shown[0]

    async def test_that_is_too_long_or_nothing_is_refused_in_a_sentence(self, precinct: Precinct) -> None:
        mod, bob = await precinct.person("leilani.k"), await precinct.newcomer()
        for reason in ("x" * 513, "x" * 4000, " \n\t ", "\u2003"):
            answer = await precinct.ask(mod, "warn", user=bob["id"], reason=reason)
            assert answer["status"] == 200
            assert answer["message"]["visible_to"] == mod["id"]
            assert "Nothing was done" in answer["message"]["text"], answer["message"]["text"]
        assert await precinct.cases() == []

    async def test_with_what_postgresql_cannot_keep_is_refused_in_a_sentence(
        self, precinct: Precinct
    ) -> None:
        mod, bob = await precinct.person("leilani.k"), await precinct.newcomer()
        opened = await precinct.pick(mod, "Warn", bob["id"])
        for answer in (
            await precinct.ask(mod, "warn", user=bob["id"], reason="a\0b"),
            await precinct.fill_in(mod, opened, reason="a\0b"),
        ):
            assert "character that cannot be kept. Nothing was done" in answer["message"]["text"]
        assert await precinct.cases() == []


class TestAQuotedMessage:
    async def test_is_kept_with_its_address_and_shown_as_words(self, precinct: Precinct) -> None:
        mod = await precinct.person("leilani.k")
        shown: dict[str, list[str]] = {}
        for kind in ("plain", "mentions", "links and formats", "lines"):
            said = {"plain": PLAIN, **HOSTILE}[kind]
            bob = await precinct.newcomer()
            message_id = await precinct.says(bob, said)
            opened = await precinct.pick(mod, "Warn author", message_id)
            answer = await precinct.fill_in(mod, opened, reason="x")
            assert_pings_nobody(answer["message"])
            case = await precinct.latest(bob)
            assert message_id in case.details["quote"]
            assert case.details["quote"].endswith(said.strip())
            shown[kind] = [answer["message"]["text"]]
        async with precinct.working():
            await precinct.until_quiet()
        for kind in shown:
            assert shape(shown[kind][0]) == shape(shown["plain"][0]), shown[kind][0]
        for post in await precinct.posts(precinct.channel("mod-log")["id"]):
            for field in [field for embed in post["embeds"] for field in embed.get("fields", ())]:
                if field["name"] == "Quoted":
                    assert marks(field["value"]) == []


class TestAName:
    async def test_reads_as_written_wherever_it_is_shown(self, precinct: Precinct) -> None:
        """Discord lets nobody be called so; whatever it once sends is shown as words, too."""
        mod = await precinct.person("leilani.k")
        name = "**a**`@everyone`[x](https://evil.example)"
        shown = {}
        for called in ("plain", name):
            bob = await precinct.newcomer()
            names = {"data": {"resolved": {"users": {bob["id"]: {"username": called}}}}}
            await precinct.post(
                "commands",
                guild_id=precinct.guild["id"],
                channel_id=precinct.channel()["id"],
                user_id=mod["id"],
                name="timeout",
                options={"user": bob["id"], "duration": "1h", "reason": "x"},
                overrides=names,
            )
            case = await precinct.latest(bob)
            assert case.user_tag == called
            shown[called] = (await precinct.use(mod, "case view", number=case.number), case)
        async with precinct.working():
            await precinct.until_quiet()
        assert shape(shown[name][0]) == shape(shown["plain"][0])
        assert name in words(shown[name][0])
        logged = {embed["footer"]["text"]: embed for embed in await precinct.logged()}
        whom = [
            next(field["value"] for field in logged[case.mark]["fields"] if field["name"] == "Member")
            for _, case in shown.values()
        ]
        assert shape(whom[1]) == shape(whom[0])


class TestADirectMessage:
    async def test_fills_only_its_own_gaps_and_pings_nobody(self, precinct: Precinct) -> None:
        mod, bob = await precinct.person("leilani.k"), await precinct.newcomer()
        text = "{0.__class__} {users} {reason} {user} in {guild} until {duration}"
        await precinct.configure(dm_texts={"warn": f"@everyone <@&{MODERATORS}> {text}"})
        await precinct.use(mod, "warn", user=bob["id"], reason="{user}{guild}{reason}")
        async with precinct.working():
            await precinct.until_quiet()
        [told] = await precinct.told(bob)
        assert_pings_nobody(told)
        said = told["embeds"][0]["description"]
        assert "> {0.__class__} {users} " in said
        assert readable(said).endswith(
            f"{{user}}{{guild}}{{reason}} {bob['username']} in Beginner.Codes until without an end"
        )
