"""People write, edit and delete, in channels and to the bot."""

import base64
from typing import Any

import httpx2
import pytest

from simulator.config import DEMO_APPLICATION_ID
from simulator.state import seed

pytestmark = pytest.mark.anyio

GENERAL, ADA, MATEO = str(seed.GENERAL), str(seed.ADA), str(seed.MATEO)
BOT = str(DEMO_APPLICATION_ID)


async def say(simulator: httpx2.AsyncClient, content: str = "hello", **extra: Any) -> httpx2.Response:
    return await simulator.post(
        "/_sim/messages", json={"channel_id": GENERAL, "user_id": ADA, "content": content} | extra
    )


async def said(simulator: httpx2.AsyncClient, content: str = "hello", **extra: Any) -> dict[str, Any]:
    response = await say(simulator, content, **extra)
    assert response.status_code == 200, response.text
    message: dict[str, Any] = response.json()
    return message


def refusal(response: httpx2.Response, status: int) -> str:
    assert response.status_code == status, response.text
    assert set(response.json()) == {"error"}
    return str(response.json()["error"])


def file(content: bytes = b"print(1)", name: str = "main.py", **extra: str) -> dict[str, str]:
    return {"filename": name, "content": base64.b64encode(content).decode(), **extra}


async def look(simulator: httpx2.AsyncClient, **query: Any) -> dict[str, Any]:
    asked = {"channel_id": GENERAL, "user_id": ADA} | query
    response = await simulator.get("/_sim/view", params=asked)
    assert response.status_code == 200, response.text
    view: dict[str, Any] = response.json()
    return view


class TestWriting:
    async def test_says_whom_it_really_mentions(self, simulator: httpx2.AsyncClient) -> None:
        words = f"<@{MATEO}> <@{MATEO}> <@&{seed.HELPER}> <@&{seed.VERIFIED}> @everyone"
        message = await said(simulator, words)
        assert message["mentions"] == {"users": [MATEO], "roles": [str(seed.HELPER)], "everyone": False}
        message = await said(simulator, words, user_id=str(seed.PRIYA))
        roles = [str(seed.HELPER), str(seed.VERIFIED)]
        assert message["mentions"] == {"users": [MATEO], "roles": roles, "everyone": True}

    async def test_can_answer_a_message_which_pings_its_author(self, simulator: httpx2.AsyncClient) -> None:
        question = await said(simulator, "why?", user_id=MATEO)
        answer = await said(simulator, "because", reply_to=question["id"])
        assert answer["type"] == 19
        assert answer["reply_to"] == {"message_id": question["id"], "author_id": MATEO, "text": "why?"}
        assert answer["mentions"]["users"] == [MATEO]
        await simulator.post(f"/_sim/messages/{question['id']}/delete", json={"user_id": MATEO})
        seen = (await look(simulator))["messages"][-1]
        assert seen["reply_to"] == {
            "message_id": question["id"],
            "author_id": None,
            "text": "That message is gone.",
        }
        refused = await say(simulator, "too late", reply_to=question["id"])
        assert "not in #general any more" in refusal(refused, 400)

    async def test_can_carry_files_which_can_be_fetched(self, simulator: httpx2.AsyncClient) -> None:
        files = [file(), file(b"", "../odd näme?.PNG", description="Nothing", content_type="image/png")]
        message = await said(simulator, "", attachments=files)
        first, second = message["attachments"]
        assert (first["filename"], first["size"]) == ("main.py", 8)
        assert first["content_type"].startswith("text/")
        assert second["description"] == "Nothing"
        assert "/" not in second["filename"]
        assert "?" not in second["filename"]
        fetched = await simulator.get(httpx2.URL(first["url"]).path)
        assert fetched.content == b"print(1)"

    async def test_is_refused_for_files_that_do_not_fit(self, simulator: httpx2.AsyncClient) -> None:
        assert "not base64" in refusal(
            await say(simulator, attachments=[{"filename": "x", "content": "%%"}]), 400
        )
        large = [file(b"x" * (6 * 1024 * 1024), name) for name in ("a.bin", "b.bin")]
        body = {"channel_id": GENERAL, "user_id": ADA, "attachments": large}
        assert "too large" in refusal(await simulator.post("/_sim/messages", json=body), 413)
        large = [file(b"x" * (5 * 1024 * 1024), "a.bin"), file(b"x" * (5 * 1024 * 1024 + 1), "b.bin")]
        body["attachments"] = large
        assert "10 MiB" in refusal(await simulator.post("/_sim/messages", json=body), 413)
        noah = str(
            next(each for each in await people(simulator) if each["username"] == "noah.bergstrom")["id"]
        )
        refused = await say(simulator, user_id=noah, attachments=[file()])
        assert refusal(refused, 403) == (
            "Noah Bergström may write in #general, but not attach files. Nothing was posted."
        )

    async def test_is_refused_in_a_sentence_that_says_why(self, simulator: httpx2.AsyncClient) -> None:
        assert "nothing in the message" in refusal(await say(simulator, "   "), 400)
        silent = refusal(await say(simulator, user_id=str(seed.DIEGO)), 403)
        assert silent == "Diego Salazar is timed out and may only read. Nothing was posted."
        hidden = refusal(await say(simulator, channel_id=str(seed.STAFF)), 403)
        assert hidden == "Ada Okafor may not write in #staff."
        category = await say(simulator, channel_id=str(seed.STAFF_CATEGORY), user_id=str(seed.PRIYA))
        assert "non-text channel" in refusal(category, 400)
        assert "body does not fit" in refusal(await say(simulator, "x" * 2001), 400)
        assert "no member" in refusal(await say(simulator, channel_id=str(seed.LOUNGE), user_id=MATEO), 404)

    async def test_discords_own_automod_stops_a_phrase(self, simulator: httpx2.AsyncClient) -> None:
        words = "Hurry and CLAIM YOUR AIRDROPS here"
        assert "AutoMod stopped this message" in refusal(await say(simulator, words), 400)
        assert (await look(simulator))["messages"][-1]["content"] != words
        await said(simulator, words, user_id=str(seed.PRIYA))

    async def test_waits_in_slow_mode_unless_one_is_staff(self, simulator: httpx2.AsyncClient) -> None:
        showcase = str(seed.SHOWCASE)
        await said(simulator, "one", channel_id=showcase)
        refused = refusal(await say(simulator, "two", channel_id=showcase), 429)
        assert refused.startswith("Slow mode is on in #showcase: Ada Okafor may write again in ")
        await said(simulator, "me too", channel_id=showcase, user_id=MATEO)
        for _ in range(2):
            await said(simulator, "kind words", channel_id=showcase, user_id=str(seed.SIOBHAN))
        await simulator.post("/_sim/clock", json={"advance": 45})
        await said(simulator, "two", channel_id=showcase)


async def people(simulator: httpx2.AsyncClient) -> list[dict[str, Any]]:
    state: dict[str, Any] = (await simulator.get("/_sim/state")).json()
    return list(state["people"])


class TestEditing:
    async def test_changes_ones_own_words_and_says_when(self, simulator: httpx2.AsyncClient) -> None:
        message = await said(simulator, "helo")
        path = f"/_sim/messages/{message['id']}/edit"
        edited = (await simulator.post(path, json={"user_id": ADA, "content": f"hello <@{MATEO}>"})).json()
        assert edited["content"] == f"hello <@{MATEO}>"
        assert edited["edited_at"] > message["created_at"]
        assert edited["mentions"]["users"] == [MATEO]
        assert edited["revision"] > message["revision"]

    async def test_is_not_for_the_words_of_others(self, simulator: httpx2.AsyncClient) -> None:
        message = await said(simulator)
        path = f"/_sim/messages/{message['id']}/edit"
        refused = await simulator.post(path, json={"user_id": str(seed.PRIYA), "content": "x"})
        assert refusal(refused, 403) == "A message is edited only by who wrote it."
        assert refusal(await simulator.post(path, json={"user_id": ADA, "content": " "}), 400)

    async def test_does_not_tell_of_what_one_cannot_see(self, simulator: httpx2.AsyncClient) -> None:
        secret = await said(simulator, channel_id=str(seed.STAFF), user_id=str(seed.PRIYA))
        for act in ("edit", "delete"):
            body = {"user_id": ADA} | ({"content": "x"} if act == "edit" else {})
            refused = await simulator.post(f"/_sim/messages/{secret['id']}/{act}", json=body)
            assert "sees no message" in refusal(refused, 404)


class TestDeleting:
    async def test_is_for_ones_own_and_for_moderators_who_leave_a_trace(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        message = await said(simulator)
        path = f"/_sim/messages/{message['id']}/delete"
        refused = await simulator.post(path, json={"user_id": MATEO})
        assert refusal(refused, 403) == (
            "Mateo Fernández may delete only their own messages here. Nothing was deleted."
        )
        done = await simulator.post(path, json={"user_id": str(seed.LEILANI)})
        assert done.json() == {"deleted": True}
        log = (await simulator.get("/_sim/state")).json()["guilds"][0]["audit_log"]
        assert (log[-1]["action_name"], log[-1]["user_id"]) == ("MESSAGE_DELETE", str(seed.LEILANI))
        assert refusal(await simulator.post(path, json={"user_id": ADA}), 404)


class TestDirectMessages:
    async def test_are_between_one_person_and_the_bot(self, simulator: httpx2.AsyncClient) -> None:
        opened = (await simulator.post("/_sim/dms", json={"user_id": ADA})).json()
        assert opened["person"]["id"] == BOT
        assert (await simulator.post("/_sim/dms", json={"user_id": ADA})).json() == opened
        message = await said(simulator, "psst", channel_id=opened["channel_id"])
        directory = (await simulator.get("/_sim/directory", params={"user_id": ADA})).json()
        assert directory["dms"] == [opened]
        view = await look(simulator, channel_id=opened["channel_id"])
        assert [each["id"] for each in view["messages"]] == [message["id"]]
        others = await look(simulator, channel_id=opened["channel_id"], user_id=MATEO)
        assert others["messages"] == []
        refused = await say(simulator, channel_id=opened["channel_id"], user_id=MATEO)
        assert "does not take part" in refusal(refused, 404)

    async def test_do_not_reach_who_has_closed_theirs(
        self, simulator: httpx2.AsyncClient, rest: httpx2.AsyncClient
    ) -> None:
        closed = await simulator.post("/_sim/people", json={"user_id": ADA, "accepts_dms": False})
        assert closed.json()["accepts_dms"] is False
        opened = (await simulator.post("/_sim/dms", json={"user_id": ADA})).json()
        path = f"/api/v10/channels/{opened['channel_id']}/messages"
        refused = await rest.post(path, json={"content": "Hello."})
        assert (refused.status_code, refused.json()["code"]) == (403, 50007)

    async def test_end_with_the_last_guild_in_common(self, simulator: httpx2.AsyncClient) -> None:
        opened = (await simulator.post("/_sim/dms", json={"user_id": MATEO})).json()
        gone = {"guild_id": str(seed.GUILD_ID), "action": "leave", "user_id": MATEO}
        assert (await simulator.post("/_sim/members", json=gone)).status_code == 200
        refused = await say(simulator, channel_id=opened["channel_id"], user_id=MATEO)
        assert "no guild in common" in refusal(refused, 403)

    async def test_are_not_with_oneself(self, simulator: httpx2.AsyncClient) -> None:
        assert "does not write to itself" in refusal(
            await simulator.post("/_sim/dms", json={"user_id": BOT}), 403
        )


class TestPaging:
    async def test_goes_back_page_by_page_to_the_first_message(self, simulator: httpx2.AsyncClient) -> None:
        everything = (await look(simulator, limit=100))["messages"]
        seen: list[str] = []
        query: dict[str, Any] = {"limit": 7}
        more = True
        while more:
            view = await look(simulator, **query)
            page = [each["id"] for each in view["messages"]]
            assert len(page) <= 7
            assert page == sorted(page, key=int)
            seen = page + seen
            more = view["more"]
            query["before"] = page[0]
        assert seen == [each["id"] for each in everything]

    async def test_tells_all_that_changed_since_a_revision(self, simulator: httpx2.AsyncClient) -> None:
        before = (await look(simulator))["revision"]
        posted = [(await said(simulator, str(number)))["id"] for number in range(5)]
        changed = await look(simulator, after=before, limit=2)
        assert [each["id"] for each in changed["messages"]] == posted
        assert changed["more"] is False

    async def test_says_that_there_is_no_more_when_a_page_is_just_full(
        self, simulator: httpx2.AsyncClient
    ) -> None:
        everything = (await look(simulator, limit=100))["messages"]
        assert (await look(simulator, limit=len(everything)))["more"] is False
        assert (await look(simulator, limit=len(everything) - 1))["more"] is True

    @pytest.mark.parametrize(
        "query", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"before": "x"}, {"after": -1}]
    )
    async def test_refuses_what_is_no_page(
        self, simulator: httpx2.AsyncClient, query: dict[str, Any]
    ) -> None:
        asked = {"channel_id": GENERAL, "user_id": ADA} | query
        assert refusal(await simulator.get("/_sim/view", params=asked), 400)
