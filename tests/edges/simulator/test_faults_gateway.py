"""Faults of the gateway: at once, or by lot before an event is dispatched."""

import time
from typing import Any

import anyio
import pytest

from simulator.faults.forms import KindName
from simulator.faults.kinds import FaultKind, Where
from simulator.state import seed
from tests.edges.simulator.gateway_client import HEARTBEAT, INVALID, RECONNECT, Place, running

pytestmark = pytest.mark.anyio


async def plan(place: Place, **fault: Any) -> dict[str, Any]:
    response = await place.http.post("/_sim/faults", json=fault)
    assert response.status_code == 200, response.text
    planned: dict[str, Any] = response.json()
    return planned


async def planned(place: Place) -> list[dict[str, Any]]:
    faults: list[dict[str, Any]] = (await place.http.get("/_sim/faults")).json()["faults"]
    return faults


class TestAtOnce:
    async def test_a_close_code_is_sent(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            assert (await plan(place, kind="close", code=4009))["struck"] == 1
            assert (await client.closed())[0] == 4009
            assert await planned(place) == []

    async def test_a_dropped_connection_says_nothing(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            await plan(place, kind="drop")
            assert (await client.closed())[0] is None

    async def test_reconnect_and_invalid_session_are_opcodes(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            await plan(place, kind="reconnect")
            assert (await client.hear())["op"] == RECONNECT
        async with running() as place, place.client() as client:
            await client.identify()
            await plan(place, kind="invalid_session", resumable=False)
            payload = await client.hear()
            assert (payload["op"], payload["d"]) == (INVALID, False)

    async def test_a_zombie_says_nothing_any_more(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            await plan(place, kind="zombie")
            place.write("hello")
            await client.say(HEARTBEAT, client.seq)
            with anyio.move_on_after(0.3) as patience:
                await client.hear()
            assert patience.cancelled_caught

    async def test_only_the_shard_that_is_meant(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            assert (await plan(place, kind="drop", shard=3))["struck"] == 0
            place.write("hello")
            assert "MESSAGE_CREATE" in await client.names()


class TestByLot:
    async def test_strikes_before_the_event_that_is_meant_and_no_more_often_than_said(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            await plan(place, kind="close", code=4000, probability=1, times=1, event="MESSAGE_DELETE")
            place.write("hello")
            assert "MESSAGE_CREATE" in await client.names()
            message = place.write("gone soon")
            deleted = await place.http.post(
                f"/_sim/messages/{message.id}/delete", json={"user_id": str(seed.ADA)}
            )
            assert deleted.status_code == 200
            assert (await client.closed())[0] == 4000
            (fault,) = await planned(place)
            assert (fault["seen"], fault["struck"]) == (1, 1)

    async def test_a_delay_holds_events_back(self) -> None:
        async with running() as place, place.client() as client:
            await client.identify()
            await plan(
                place, kind="gateway_delay", seconds=0.3, probability=1, event="MESSAGE_CREATE", times=1
            )
            began = time.monotonic()
            place.write("hello")
            await client.event("MESSAGE_CREATE")
            assert time.monotonic() - began >= 0.29

    async def test_the_same_seed_strikes_the_same_events(self) -> None:
        async def struck(number: int) -> list[int]:
            async with running() as place, place.client() as client:
                await client.identify()
                fault = {"kind": "gateway_delay", "seconds": 0, "probability": 0.3, "seed": number}
                await plan(place, event="MESSAGE_CREATE", **fault)
                counts = []
                for each in range(30):
                    place.write(f"message {each}")
                    (record,) = place.discord.traffic.faults.records()
                    counts.append(record.struck)
            return counts

        first, second, other = await struck(5), await struck(5), await struck(6)
        assert first == second != other
        assert 3 < first[-1] < 15


def test_every_kind_can_be_asked_for() -> None:
    assert set(KindName.__args__) == set(FaultKind.__members__)  # type: ignore[attr-defined]  # a Literal has them
    assert {kind.where for kind in FaultKind} == set(Where)
    assert all(kind.meaning.endswith(".") for kind in FaultKind)
