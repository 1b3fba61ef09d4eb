"""What rules look at is what Discord has told: payloads as Discord documents them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.automod.observation import Kind, Observation
from app.ids import snowflake_time
from moderation_listener.observing import Names, Observer
from moderation_listener.places import Places

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GUILD, OWNER, BOSSES, HELPERS = (
    "197038439483310086",
    "80351110224678912",
    "41771983423143936",
    "41771983423143937",
)
CHANNEL, THREAD, MEMBER = "290926798999357250", "290926798999357251", "53908099506183680"

GUILD_CREATE: dict[str, Any] = {
    "id": GUILD,
    "owner_id": OWNER,
    "unavailable": False,
    "roles": [
        {"id": GUILD, "name": "@everyone", "permissions": "104320065"},
        {"id": BOSSES, "name": "Bosses", "permissions": "32"},
        {"id": HELPERS, "name": "Helpers", "permissions": "8192"},
    ],
    "threads": [{"id": THREAD, "type": 11, "parent_id": CHANNEL, "thread_metadata": {"archived": False}}],
}

MESSAGE: dict[str, Any] = {
    "id": "334385199974967042",
    "type": 0,
    "channel_id": CHANNEL,
    "guild_id": GUILD,
    "author": {"id": MEMBER, "username": "mason", "global_name": "Mason", "discriminator": "0"},
    "member": {
        "nick": "Stone",
        "roles": [HELPERS],
        "joined_at": "2015-04-26T06:26:56.936000+00:00",
        "deaf": False,
    },
    "content": "Supa Hot",
    "timestamp": "2017-07-11T17:27:07.299000+00:00",
    "edited_timestamp": None,
    "mentions": [{"id": OWNER, "username": "nelly", "member": {"roles": []}}],
    "mention_roles": [BOSSES],
    "attachments": [{"id": "1", "filename": "cake.png", "size": 3}],
    "embeds": [],
}

MEMBER_ADD: dict[str, Any] = {
    "guild_id": GUILD,
    "user": {"id": MEMBER, "username": "mason", "global_name": None},
    "nick": None,
    "roles": [],
    "joined_at": "2026-03-01T11:59:59.500000+00:00",
}


@pytest.fixture
def places() -> Places:
    known = Places()
    known.note("GUILD_CREATE", GUILD_CREATE)
    return known


@pytest.fixture
def observer(places: Places) -> Observer:
    return Observer(places)


def seen(observer: Observer, event: str, payload: dict[str, Any]) -> Observation:
    observation = observer.observe(event, payload, NOW)
    assert observation is not None
    return observation


class TestMessage:
    def test_is_observed_with_all_that_rules_ask_for(self, observer: Observer) -> None:
        assert seen(observer, "MESSAGE_CREATE", MESSAGE) == Observation(
            kind=Kind.MESSAGE,
            guild_id=int(GUILD),
            user_id=int(MEMBER),
            at=snowflake_time(334385199974967042),
            username="mason",
            global_name="Mason",
            nick="Stone",
            role_ids=frozenset({int(HELPERS)}),
            joined_at=datetime(2015, 4, 26, 6, 26, 56, 936000, tzinfo=UTC),
            channel_id=int(CHANNEL),
            message_id=334385199974967042,
            content="Supa Hot",
            filenames=("cake.png",),
            mentioned_user_ids=frozenset({int(OWNER)}),
            mentioned_role_ids=frozenset({int(BOSSES)}),
        )

    def test_in_a_thread_has_the_channel_it_belongs_to(self, observer: Observer, places: Places) -> None:
        in_thread = MESSAGE | {"channel_id": THREAD}
        assert seen(observer, "MESSAGE_CREATE", in_thread).parent_id == int(CHANNEL)
        places.note("THREAD_DELETE", {"id": THREAD, "guild_id": GUILD, "parent_id": CHANNEL, "type": 11})
        assert seen(observer, "MESSAGE_CREATE", in_thread).parent_id is None

    @pytest.mark.parametrize(
        "more",
        [
            {"author": MESSAGE["author"] | {"bot": True}},
            {"author": {"id": "5", "username": "hook"}, "webhook_id": "5", "member": None},
        ],
        ids=["bot", "webhook"],
    )
    def test_of_no_person_says_so(self, observer: Observer, more: dict[str, Any]) -> None:
        assert seen(observer, "MESSAGE_CREATE", MESSAGE | more).is_bot

    def test_has_what_was_forwarded_and_what_a_poll_asks(self, observer: Observer) -> None:
        """Or else whoever forwards their own message, or asks a question, is not looked at."""
        forwarded = MESSAGE | {
            "content": "",
            "message_snapshots": [{"message": {"content": "spam", "attachments": [{"filename": "x.exe"}]}}],
        }
        observation = seen(observer, "MESSAGE_CREATE", forwarded)
        assert (observation.content, observation.filenames) == ("spam", ("cake.png", "x.exe"))
        poll = {"question": {"text": "free?"}, "answers": [{"answer_id": 1, "poll_media": {"text": "yes"}}]}
        assert (
            seen(observer, "MESSAGE_CREATE", MESSAGE | {"content": "", "poll": poll}).content == "free?\nyes"
        )

    @pytest.mark.parametrize(
        "more",
        [{"guild_id": None}, {"type": 7}, {"type": 6}, {"author": None}, {"id": "x"}],
        ids=["direct", "somebody joined", "something was pinned", "nobody", "no id"],
    )
    def test_that_nobody_wrote_in_a_guild_is_none(self, observer: Observer, more: dict[str, Any]) -> None:
        assert observer.observe("MESSAGE_CREATE", MESSAGE | more, NOW) is None


class TestEdit:
    def test_is_observed_when_it_was_edited(self, observer: Observer) -> None:
        edited = MESSAGE | {"edited_timestamp": "2026-03-01T11:30:00+00:00", "content": "other"}
        observation = seen(observer, "MESSAGE_UPDATE", edited)
        assert (observation.kind, observation.content) == (Kind.EDIT, "other")
        assert observation.at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)

    def test_of_long_ago_is_none_though_the_message_is_told_again_when_it_is_pinned(
        self, observer: Observer
    ) -> None:
        pinned = MESSAGE | {"edited_timestamp": "2017-07-11T17:30:00+00:00", "pinned": True}
        assert observer.observe("MESSAGE_UPDATE", pinned, NOW) is None

    def test_that_only_unfolds_a_link_is_none(self, observer: Observer) -> None:
        assert observer.observe("MESSAGE_UPDATE", MESSAGE | {"embeds": [{"type": "link"}]}, NOW) is None
        partial = {each: MESSAGE[each] for each in ("id", "channel_id", "guild_id", "author")}
        assert observer.observe("MESSAGE_UPDATE", partial, NOW) is None


class TestMember:
    def test_that_joins_is_observed_by_discords_clock(self, observer: Observer) -> None:
        observation = seen(observer, "GUILD_MEMBER_ADD", MEMBER_ADD)
        joined_at = datetime(2026, 3, 1, 11, 59, 59, 500000, tzinfo=UTC)
        assert (observation.kind, observation.at, observation.joined_at) == (Kind.JOIN, joined_at, joined_at)
        assert observation.username == "mason"
        assert observation.account_age == joined_at - snowflake_time(int(MEMBER))

    def test_is_observed_when_a_name_changes_and_not_otherwise(self, observer: Observer) -> None:
        """Discord tells of a time-out as it tells of a name: a rule about names must not see its own."""
        seen(observer, "GUILD_MEMBER_ADD", MEMBER_ADD)
        assert observer.observe("GUILD_MEMBER_UPDATE", MEMBER_ADD | {"roles": [HELPERS]}, NOW) is None
        renamed = MEMBER_ADD | {"nick": "Stone"}
        observation = seen(observer, "GUILD_MEMBER_UPDATE", renamed)
        assert (observation.kind, observation.nick, observation.at) == (Kind.NAME, "Stone", NOW)
        assert not observation.is_first_heard
        timed_out = renamed | {"communication_disabled_until": "2026-03-02T00:00:00+00:00"}
        assert observer.observe("GUILD_MEMBER_UPDATE", timed_out, NOW) is None

    def test_whose_name_nobody_knows_is_observed_once(self, observer: Observer) -> None:
        observation = seen(observer, "GUILD_MEMBER_UPDATE", MEMBER_ADD)
        assert observation.is_first_heard
        assert observer.observe("GUILD_MEMBER_UPDATE", MEMBER_ADD, NOW) is None

    def test_names_are_forgotten_beyond_a_bound(self, observer: Observer) -> None:
        names, first = Names(most=2), seen(observer, "GUILD_MEMBER_ADD", MEMBER_ADD)
        assert names.note(first) is None
        assert names.note(first) is False
        for user_id in ("1", "2"):
            other = MEMBER_ADD | {"user": {"id": user_id, "username": "x"}}
            assert names.note(seen(observer, "GUILD_MEMBER_ADD", other)) is None
        assert names.note(first) is None


class TestStaff:
    def is_staff(self, observer: Observer, user_id: str, *role_ids: str) -> bool:
        author, member = MESSAGE["author"] | {"id": user_id}, MESSAGE["member"] | {"roles": list(role_ids)}
        return seen(observer, "MESSAGE_CREATE", MESSAGE | {"author": author, "member": member}).is_staff

    def test_is_the_owner_and_who_manages_the_server(self, observer: Observer) -> None:
        assert self.is_staff(observer, OWNER)
        assert self.is_staff(observer, MEMBER, HELPERS, BOSSES)
        assert not self.is_staff(observer, MEMBER, HELPERS)

    def test_follows_the_roles(self, observer: Observer, places: Places) -> None:
        helpers = {"id": HELPERS, "permissions": "8"}
        places.note("GUILD_ROLE_UPDATE", {"guild_id": GUILD, "role": helpers})
        assert self.is_staff(observer, MEMBER, HELPERS)
        places.note("GUILD_ROLE_DELETE", {"guild_id": GUILD, "role_id": HELPERS})
        assert not self.is_staff(observer, MEMBER, HELPERS)
        places.note("GUILD_ROLE_CREATE", {"guild_id": GUILD, "role": {"id": "7", "permissions": "40"}})
        assert self.is_staff(observer, MEMBER, "7")
        places.note("GUILD_UPDATE", GUILD_CREATE | {"owner_id": MEMBER})
        assert self.is_staff(observer, MEMBER)

    def test_is_everybody_where_discord_has_not_told(self, places: Places) -> None:
        places.note("GUILD_DELETE", {"id": GUILD})
        assert self.is_staff(Observer(places), MEMBER)

    def test_stays_known_through_an_outage(self, observer: Observer, places: Places) -> None:
        places.note("GUILD_DELETE", {"id": GUILD, "unavailable": True})
        assert not self.is_staff(observer, MEMBER, HELPERS)


class TestThreads:
    def test_are_told_all_at_once_and_forgotten_when_they_sleep(self, places: Places) -> None:
        thread = {"id": "9", "type": 12, "parent_id": CHANNEL, "guild_id": GUILD}
        places.note("THREAD_LIST_SYNC", {"guild_id": GUILD, "threads": [thread]})
        assert places.parent_of(int(GUILD), 9) == int(CHANNEL)
        places.note("THREAD_UPDATE", thread | {"thread_metadata": {"archived": True}})
        assert places.parent_of(int(GUILD), 9) is None

    def test_are_bounded(self, places: Places) -> None:
        for number in range(3000):
            thread = {"id": str(10_000 + number), "type": 11, "parent_id": CHANNEL, "guild_id": GUILD}
            places.note("THREAD_CREATE", thread)
        assert places.parent_of(int(GUILD), 12_999) == int(CHANNEL)
        assert places.parent_of(int(GUILD), 10_000) is None


@pytest.mark.parametrize("event", ["PRESENCE_UPDATE", "MESSAGE_DELETE", "CAKE_SERVED", "READY"])
def test_of_any_other_event_there_is_nothing_to_observe(observer: Observer, event: str) -> None:
    assert observer.observe(event, MESSAGE, NOW) is None
