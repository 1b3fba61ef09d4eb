"""The sets of rules, asked about what stands in the demo's channels: whom they hit, and whom not."""

from collections.abc import Sequence

import pytest

from app.automod.compiled import compile_rules
from app.automod.judge import judge
from app.automod.observation import Kind, Observation
from app.automod.presets import PRESETS
from app.automod.rule import Rule
from app.automod.windows import Windows
from app.demo.rules import demo_rules
from app.ids import new_id
from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.snowflakes import SnowflakeFactory
from simulator.state import seed
from simulator.state.talk import trouble
from simulator.state.world import World

Hits = set[tuple[str, str]]


@pytest.fixture(scope="module")
def world() -> World:
    config, clock = SimulatorConfig(), Clock()
    planted = World(config, clock, SnowflakeFactory(clock))
    seed.plant(planted, config, clock)
    return planted


def hits(world: World, rules: Sequence[Rule]) -> Hits:
    """Rules and user names that a set of rules brings together."""
    guild = world.guilds[seed.GUILD_ID]
    ready, windows = compile_rules([(new_id(), rule) for rule in rules]), Windows()
    assert not ready.broken
    found = set()
    said = [each for channel_id in guild.channels for each in world.messages(channel_id)]
    for each in sorted(said, key=lambda message: message.id):
        author, member = world.users[each.author_id], guild.members.get(each.author_id)
        seen = Observation(
            Kind.MESSAGE,
            guild.id,
            author.id,
            each.created_at,
            author.username,
            channel_id=each.channel_id,
            message_id=each.id,
            content=each.content,
            joined_at=each.created_at if member is None else member.joined_at,
        )
        found |= {(verdict.rule.name, author.username) for verdict in judge(ready, seen, windows)}
    return found


def of_members(world: World, found: Hits) -> Hits:
    names = {member.user.username for member in world.guilds[seed.GUILD_ID].members.values()}
    return {each for each in found if each[1] in names}


class TestWhatPeopleWroteInTheDemo:
    def test_starter_hits_the_spam_and_no_member(self, world: World) -> None:
        assert hits(world, PRESETS["starter"]) == {
            ("Free Nitro", trouble.SCAM),
            ("Links that deceive", trouble.MASKED),
            ("The same again and again", trouble.DUPLICATES),
        }

    def test_strict_hits_more_and_of_members_only_who_posts_an_invite(self, world: World) -> None:
        found = hits(world, PRESETS["strict"])
        assert ("Invites to other servers", trouble.INVITES) in found
        assert of_members(world, found) == {("Invites to other servers", "siobhan")}

    def test_raid_hits_who_came_at_once_and_wrote_the_same(self, world: World) -> None:
        found = hits(world, PRESETS["raid"])
        assert {name for name, _ in found} == {"The same of many accounts"}
        assert of_members(world, found) == set()
        assert len(found) > 3

    def test_the_demos_own_rules_hit_no_member_at_all(self, world: World) -> None:
        found = hits(world, demo_rules())
        assert len(found) > 10
        assert of_members(world, found) == set()
