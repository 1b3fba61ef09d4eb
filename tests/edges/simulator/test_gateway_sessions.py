"""Sessions of the gateway: how they begin, are lost, resumed, and end; what faults do to them."""

import json
from collections.abc import Iterator

import anyio
import anyio.lowlevel
import pytest

from simulator.clock import Clock
from simulator.gateway.acts import Act, Close, Delay, Drop, Reconnect
from simulator.gateway.hub import Dispatch
from simulator.gateway.intents import Intent
from simulator.state import seed
from tests.edges.simulator.gateway_client import (
    ACK,
    HEARTBEAT,
    IDENTIFY,
    INVALID,
    RECONNECT,
    TOKEN,
    Client,
    Place,
    identity,
    running,
)

pytestmark = pytest.mark.anyio

MESSAGES = int(Intent.GUILDS | Intent.GUILD_MESSAGES | Intent.MESSAGE_CONTENT)


async def contents(client: Client, count: int) -> list[tuple[int, str]]:
    """Hear so many messages; their numbers and words."""
    heard = [await client.hear() for _ in range(count)]
    assert {each["t"] for each in heard} == {"MESSAGE_CREATE"}
    return [(each["s"], each["d"]["content"]) for each in heard]


async def until_connected(place: Place, count: int) -> None:
    with anyio.fail_after(5):
        while place.discord.gateway.connected != count:  # noqa: ASYNC110 - the hub has no event for it
            await anyio.sleep(0.01)


class TestBeginning:
    async def test_is_hello_then_ready_then_every_guild(self) -> None:
        async with running() as place, place.client() as client:
            assert client.hello == {
                "t": None,
                "s": None,
                "op": 10,
                "d": {"heartbeat_interval": 41250, "_trace": ["simulator"]},
            }
            await client.say(IDENTIFY, identity(MESSAGES))
            first = await client.hear()
            ready = first["d"]
            assert (first["op"], first["t"], first["s"]) == (0, "READY", 1)
            assert (ready["v"], ready["session_type"], ready["shard"]) == (10, "normal", [0, 1])
            assert ready["user"]["id"] == ready["application"]["id"] == str(place.discord.bot.id)
            assert ready["application"]["flags"] == 1 << 13 | 1 << 15 | 1 << 19
            assert ready["guilds"] == [{"id": str(seed.GUILD_ID), "unavailable": True}]
            assert ready["resume_gateway_url"] == place.gateway
            second = await client.hear()
            guild = second["d"]
            assert (second["t"], second["s"]) == ("GUILD_CREATE", 2)
            assert (guild["id"], guild["unavailable"]) == (str(seed.GUILD_ID), False)
            assert guild["member_count"] == len(place.discord.world.guilds[seed.GUILD_ID].members)
            assert guild["joined_at"] == "2022-05-10T08:00:00.000000+00:00"
            assert [each["name"] for each in guild["channels"]][:2] == ["general", "help"]
            assert "guild_id" not in guild["channels"][0]
            assert {"threads", "presences", "voice_states", "roles", "emojis"} <= guild.keys()

    @pytest.mark.parametrize("beat", [None, 0, 7])
    async def test_heartbeats_are_answered_before_and_after(self, beat: int | None) -> None:
        async with running() as place, place.client() as client:
            await client.say(HEARTBEAT, beat)
            assert await client.hear() == {"t": None, "s": None, "op": ACK, "d": None}
            await client.identify(MESSAGES)
            await client.say(HEARTBEAT, beat)
            assert (await client.hear())["op"] == ACK

    async def test_without_guilds_tells_no_guild(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(int(Intent.GUILD_MESSAGES))
            assert len(client.ready["guilds"]) == 1
            assert await client.names() == []

    @pytest.mark.parametrize(
        ("intents", "listed"),
        [
            (Intent.GUILDS, "itself"),
            (Intent.GUILDS | Intent.GUILD_MEMBERS, "itself"),
            (Intent.GUILDS | Intent.GUILD_PRESENCES, "everybody"),
        ],
    )
    async def test_lists_members_only_with_presences(self, intents: int, listed: str) -> None:
        async with running() as place, place.client() as client:
            await client.say(IDENTIFY, identity(int(intents)))
            await client.event("READY")
            guild = await client.event("GUILD_CREATE")
            people = place.discord.world.guilds[seed.GUILD_ID].members
            ids = [int(each["user"]["id"]) for each in guild["members"]]
            assert ids == ([place.discord.bot.id] if listed == "itself" else list(people))
            assert len(guild["presences"]) == (0 if listed == "itself" else len(people))

    async def test_is_an_invalid_session_when_it_comes_too_soon_and_the_pace_is_kept(self) -> None:
        clock = Clock()
        async with (
            running(clock, identify_pace=True) as place,
            place.client() as one,
            place.client() as other,
        ):
            await one.identify(MESSAGES)
            await other.say(IDENTIFY, identity(MESSAGES))
            assert await other.hear() == {"t": None, "s": None, "op": INVALID, "d": False}
            clock.advance(5)
            assert (await other.identify(MESSAGES))["v"] == 10

    async def test_several_at_once_all_hear(self) -> None:
        async with running() as place, place.client() as one, place.client() as other:
            await one.identify(MESSAGES)
            await other.identify(int(Intent.GUILD_MESSAGES))
            assert one.ready["session_id"] != other.ready["session_id"]
            place.write("Good morning")
            assert (await one.event("MESSAGE_CREATE"))["content"] == "Good morning"
            assert (await other.event("MESSAGE_CREATE"))["content"] == ""
            assert (one.seq, other.seq) == (3, 2)


class TestResuming:
    async def test_tells_what_was_missed_in_order_then_resumed(self) -> None:
        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                place.write("heard")
                await contents(client, 1)
            await until_connected(place, 0)
            async with place.client() as client:
                await client.identify(MESSAGES)
                place.write("heard")
                assert await contents(client, 1) == [(3, "heard")]
                place.discord.gateway.drop()
                assert await client.closed() == (None, "")
            for number in range(5):
                place.write(f"missed {number}")
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 3)
                assert await contents(again, 5) == [(4 + each, f"missed {each}") for each in range(5)]
                resumed = await again.hear()
                assert (resumed["t"], resumed["s"], resumed["d"]) == ("RESUMED", 8, {})
                place.write("again")
                assert await contents(again, 1) == [(9, "again")]

    async def test_may_begin_before_what_the_client_has_lost(self) -> None:
        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                for number in range(3):
                    place.write(str(number))
                await contents(client, 3)
                await client.socket.close(4000)
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 2)
                assert [content for _, content in await contents(again, 3)] == ["0", "1", "2"]
                await again.event("RESUMED")

    @pytest.mark.parametrize("code", [1000, 1001])
    async def test_is_not_possible_after_the_client_said_goodbye(self, code: int) -> None:
        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                await client.socket.close(code)
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 2)
                assert await again.hear() == {"t": None, "s": None, "op": INVALID, "d": False}
                await again.identify(MESSAGES)

    async def test_is_not_possible_for_a_session_that_nobody_knows(self) -> None:
        async with running() as place, place.client() as client:
            await client.resume("nonsense", 1)
            assert await client.hear() == {"t": None, "s": None, "op": INVALID, "d": False}

    async def test_is_possible_for_three_minutes(self) -> None:
        clock = Clock()
        async with running(clock) as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                await client.socket.close(4000)
            clock.advance(170)
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 2)
                await again.event("RESUMED")
                await again.socket.close(4000)
            clock.advance(181)
            async with place.client() as late:
                await late.resume(client.ready["session_id"], 2)
                assert (await late.hear())["d"] is False

    async def test_from_an_event_that_was_never_told_is_refused(self) -> None:
        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                await client.socket.close(4000)
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 3)
                assert await again.closed() == (4007, "Invalid seq.")
            async with place.client() as once_more:
                await once_more.resume(client.ready["session_id"], 2)
                assert (await once_more.hear())["op"] == INVALID

    async def test_takes_the_session_from_a_connection_that_is_still_there(self) -> None:
        async with running() as place, place.client() as old, place.client() as new:
            await old.identify(MESSAGES)
            await new.resume(old.ready["session_id"], old.seq)
            await new.event("RESUMED")
            assert await old.closed() == (None, "")
            place.write("for the new one")
            assert await contents(new, 1) == [(3, "for the new one")]
            assert place.discord.gateway.connected == 1

    async def test_costs_no_session_start(self) -> None:
        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                await client.socket.close(4000)
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 2)
                await again.event("RESUMED")
            assert place.discord.gateway.starts().remaining == 999


class TestFaults:
    async def test_a_zombie_says_nothing_and_the_session_goes_on_elsewhere(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(MESSAGES)
            assert place.discord.gateway.zombie() == 1
            place.write("into the void")
            await client.say(HEARTBEAT, 2)
            with pytest.raises(TimeoutError), anyio.fail_after(0.3):
                await client.socket.recv()
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 2)
                assert await contents(again, 1) == [(3, "into the void")]

    async def test_reconnect_asks_and_keeps_the_session(self) -> None:
        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                place.discord.gateway.reconnect()
                assert await client.hear() == {"t": None, "s": None, "op": RECONNECT, "d": None}
                await client.socket.close(4000)
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 2)
                await again.event("RESUMED")

    @pytest.mark.parametrize("resumable", [True, False])
    async def test_an_invalid_session_is_gone_unless_it_can_be_resumed(self, *, resumable: bool) -> None:
        async with running() as place, place.client() as client:
            await client.identify(MESSAGES)
            place.discord.gateway.invalidate(resumable=resumable)
            assert await client.hear() == {"t": None, "s": None, "op": INVALID, "d": resumable}
            place.write("meanwhile")
            await client.resume(client.ready["session_id"], 2)
            if resumable:
                assert await contents(client, 1) == [(3, "meanwhile")]
                await client.event("RESUMED")
            else:
                assert (await client.hear())["op"] == INVALID
                await client.identify(MESSAGES)

    @pytest.mark.parametrize(
        ("code", "can_resume"), [(4000, True), (4009, False), (4004, False), (4014, False)]
    )
    async def test_closing_ends_the_session_after_some_codes(self, code: int, *, can_resume: bool) -> None:
        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                place.discord.gateway.close(code)
                assert (await client.closed())[0] == code
            async with place.client() as again:
                await again.resume(client.ready["session_id"], 2)
                answer = await again.hear()
                assert answer["t"] == "RESUMED" if can_resume else answer["op"] == INVALID

    async def test_are_for_one_shard_if_wanted(self) -> None:
        async with running() as place, place.client() as one, place.client() as other:
            await one.identify(MESSAGES, shard=[0, 2])
            await other.identify(MESSAGES, shard=[1, 2])
            assert place.discord.gateway.close(4000, shard_id=1) == 1
            assert (await other.closed())[0] == 4000
            assert await one.names() == []

    async def test_are_asked_for_before_each_event_which_is_not_lost(self) -> None:
        asked: list[Dispatch] = []

        def third(dispatch: Dispatch) -> Act | None:
            asked.append(dispatch)
            return Drop() if dispatch.seq == 4 else None

        async with running() as place:
            async with place.client() as client:
                await client.identify(MESSAGES)
                place.discord.gateway.before_dispatch = third
                place.write("a")
                assert await contents(client, 1) == [(3, "a")]
                place.write("b")
                assert await client.closed() == (None, "")
            place.write("c")
            session_id = client.ready["session_id"]
            assert asked == [Dispatch(session_id, 0, number, "MESSAGE_CREATE") for number in (3, 4)]
            async with place.client() as again:
                await again.resume(session_id, 3)
                assert await contents(again, 2) == [(4, "b"), (5, "c")]

    async def test_a_delay_keeps_the_order_and_answers_heartbeats(self) -> None:
        def third(dispatch: Dispatch) -> Act | None:
            return Delay(0.2) if dispatch.seq == 3 else None

        async with running() as place, place.client() as client:
            await client.identify(MESSAGES)
            place.discord.gateway.before_dispatch = third
            started = place.discord.clock.monotonic()
            place.write("slow")
            place.write("after it")
            assert await client.heard() == []
            assert await contents(client, 2) == [(3, "slow"), (4, "after it")]
            assert place.discord.clock.monotonic() - started >= 0.2

    async def test_before_ready_is_told_changes_nothing_else(self) -> None:
        async with running() as place:
            acts: Iterator[Act] = iter([Reconnect(), Close(4000)])
            place.discord.gateway.before_dispatch = lambda _dispatch: next(acts, None)
            async with place.client() as client:
                await client.say(IDENTIFY, identity(MESSAGES))
                assert (await client.closed())[0] == 4000
            assert place.discord.gateway.connected == 0


class TestSlowClients:
    async def test_are_cut_off_before_memory_grows(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify(MESSAGES)
            client.socket.transport.pause_reading()
            for _ in range(300):
                for _ in range(50):
                    place.write("x" * 2000)
                await anyio.lowlevel.checkpoint()
                if not place.discord.gateway.connected:
                    break
            await until_connected(place, 0)


class TestInfo:
    async def test_tells_where_the_gateway_is_and_how_many_sessions_are_left(self) -> None:
        clock = Clock()
        options = {"public_url": "https://discord.test/", "required_shards": 3, "session_starts": 5}
        async with running(clock, **options) as place:
            http = place.http
            url = "wss://discord.test/gateway"
            assert (await http.get("/api/v10/gateway")).json() == {"url": url}
            assert (await http.get("/api/v10/gateway/bot")).status_code == 401
            headers = {"Authorization": f"Bot {TOKEN}"}
            limit = {"total": 5, "remaining": 5, "reset_after": 0, "max_concurrency": 1}
            answer = (await http.get("/api/v10/gateway/bot", headers=headers)).json()
            assert answer == {"url": url, "shards": 3, "session_start_limit": limit}
            async with place.client() as client:
                await client.identify(MESSAGES, shard=[0, 3])
            clock.advance(3600)
            answer = (await http.get("/api/v10/gateway/bot", headers=headers)).json()
            left = answer["session_start_limit"]
            assert left["remaining"] == 4
            assert 22.9 * 3_600_000 < left["reset_after"] <= 23 * 3_600_000
            clock.advance(23 * 3600)
            answer = (await http.get("/api/v10/gateway/bot", headers=headers)).json()
            assert answer["session_start_limit"] == limit
            assert json.dumps(answer)
