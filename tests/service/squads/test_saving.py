"""Which squads a server has: saved, closed, deleted, and all at once from a file."""

from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.access import service as access_service
from app.access.config import AccessConfig
from app.access.domain import Level
from app.bytes.domain import Member
from app.database.tx import Tx
from app.discord.permissions import Permission
from app.discord.port import DiscordGuild, DiscordRole
from app.discord.ranks import Rank
from app.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from app.guilds.domain import Actor
from app.squads import moving, saving, service
from app.squads.config import MOST_SQUADS, ByHand, SquadDraft, SquadsConfig, SquadsSection
from app.squads.domain import Cause, Pause, Squad
from app.squads.saving import UNSEEN, Roles
from tests.support.guilds import actor, manager, member, snowflake
from tests.support.squads import change

pytestmark = pytest.mark.anyio


def draft(name: str, role_id: int | None = None, **more: object) -> SquadDraft:
    return SquadDraft.model_validate({"name": name, "role_id": str(role_id or snowflake())} | more)


async def save(tx: Tx, guild_id: int, wanted: SquadDraft, before: Squad | None = None) -> Squad:
    if before is not None:
        return await change(tx, manager(guild_id), wanted, before.id)
    return await saving.save_squad(tx, manager(guild_id), wanted, known=UNSEEN, now=clock.now())


async def enter(tx: Tx, guild_id: int, squad: Squad, who: Member | None = None) -> Member:
    who = who or member()
    await moving.go(
        tx,
        actor(guild_id, who),
        squad.id,
        Cause.JOIN,
        most=0,
        idempotency_key=f"go:{snowflake()}",
        now=clock.now(),
    )
    return who


async def names(tx: Tx, guild_id: int) -> list[str]:
    return [each.name for each in await service.load_squads(tx, guild_id)]


async def causes(tx: Tx, who: Member) -> list[str]:
    rows = await tx.execute(
        text("SELECT cause FROM squad_moves WHERE user_id = :id ORDER BY id"), {"id": who.user_id}
    )
    return list(rows.scalars())


async def audited(tx: Tx, guild_id: int) -> list[tuple[str | None, str | None]]:
    """(name before, name after) of every change of a squad."""
    rows = await tx.execute(
        text(
            "SELECT before->>'name', after->>'name' FROM audit_entries"
            " WHERE guild_id = :id AND subject_type = 'squad' ORDER BY created_at, id"
        ),
        {"id": guild_id},
    )
    return [tuple(row) for row in rows]


class TestSaving:
    async def test_puts_a_new_one_at_the_end_and_is_audited(self, tx: Tx, guild_id: int) -> None:
        await save(tx, guild_id, draft("Red"))
        blue = await save(tx, guild_id, draft("Blue"))
        assert await names(tx, guild_id) == ["Red", "Blue"]
        await save(tx, guild_id, draft("Azure", blue.role_id), blue)
        assert await names(tx, guild_id) == ["Red", "Azure"]
        assert sorted(map(str, await audited(tx, guild_id))) == [
            "('Blue', 'Azure')",
            "(None, 'Blue')",
            "(None, 'Red')",
        ]

    async def test_refuses_what_another_has(self, tx: Tx, guild_id: int) -> None:
        red = await save(tx, guild_id, draft("Red", is_default=True))
        for twin in (draft("rED"), draft("Blue", red.role_id), draft("Blue", is_default=True)):
            with pytest.raises(ConflictError, match="Nothing was saved"):
                await save(tx, guild_id, twin)
        assert await names(tx, guild_id) == ["Red"]

    async def test_refuses_to_overwrite_what_was_not_seen(self, tx: Tx, guild_id: int) -> None:
        red = await save(tx, guild_id, draft("Red", 7))
        costly = await save(tx, guild_id, draft("Red", 7, switch_cost=5), red)
        assert (red.version, costly.version) == (1, 2)
        assert await save(tx, guild_id, draft("Red", 7, switch_cost=5), costly) == costly
        with pytest.raises(ConflictError, match="Somebody else changed this squad"):
            await saving.save_squad(
                tx,
                manager(guild_id),
                draft("Rot", 7),
                red.id,
                expected_version=red.version,
                known=UNSEEN,
                now=clock.now(),
            )
        assert await names(tx, guild_id) == ["Red"]

    async def test_refuses_one_too_many_and_one_that_is_gone(self, tx: Tx, guild_id: int) -> None:
        made = [await save(tx, guild_id, draft(f"Squad {number}")) for number in range(MOST_SQUADS)]
        with pytest.raises(InvalidInputError, match="delete one first"):
            await save(tx, guild_id, draft("One more"))
        await saving.delete_squad(tx, manager(guild_id), made[0].id, now=clock.now())
        with pytest.raises(NotFoundError, match="This squad is gone"):
            await save(tx, guild_id, draft("Squad 0"), made[0])
        await save(tx, guild_id, draft("One more"))

    @pytest.mark.parametrize(
        ("role", "fault"),
        [
            (DiscordRole(7, "fine", 1, 0, is_managed=False), None),
            (DiscordRole(8, "another", 1, 0, is_managed=False), "not there any longer"),
            (DiscordRole(7, "bot's", 1, 0, is_managed=True), "belongs to an integration"),
            (DiscordRole(7, "mods", 1, int(Permission.BAN_MEMBERS), is_managed=False), "gives power"),
            (DiscordRole(7, "high", 9, 0, is_managed=False), "not below the bot's own"),
        ],
    )
    async def test_refuses_a_role_that_must_not_be_handed_out(
        self, tx: Tx, guild_id: int, role: DiscordRole, fault: str | None
    ) -> None:
        roles = Roles(DiscordGuild(guild_id, "Guild", 1, {role.role_id: role}), Rank(5, 5))
        boss = manager(guild_id)
        if fault is None:
            await saving.save_squad(tx, boss, draft("Red", 7), known=roles, now=clock.now())
            return
        with pytest.raises(InvalidInputError, match=fault):
            await saving.save_squad(tx, boss, draft("Red", 7), known=roles, now=clock.now())
        assert await names(tx, guild_id) == []

    async def test_refuses_a_role_with_a_level_also_when_discord_was_not_asked(
        self, tx: Tx, guild_id: int
    ) -> None:
        levels = AccessConfig(roles={"7": Level.MODERATOR})
        await access_service.save_config(tx, manager(guild_id), levels, expected_version=0)
        with pytest.raises(InvalidInputError, match="carries an access level"):
            await save(tx, guild_id, draft("Red", 7))

    async def test_lets_a_paused_one_go_on_only_with_a_role_that_was_looked_at(
        self, tx: Tx, guild_id: int
    ) -> None:
        red = await save(tx, guild_id, draft("Red", 7))
        await saving.pause_squad(tx, guild_id, 7, Pause.TOO_HIGH)
        assert (await save(tx, guild_id, draft("Rot", 7), red)).paused_because is Pause.TOO_HIGH
        fine = Roles(
            DiscordGuild(guild_id, "Guild", 1, {7: DiscordRole(7, "red", 1, 0, is_managed=False)}), Rank(5, 5)
        )
        boss = manager(guild_id)
        again = await change(tx, boss, draft("Rot", 7), red.id, fine)
        assert again.is_open
        await saving.pause_squad(tx, guild_id, 7, Pause.GONE)
        assert (await save(tx, guild_id, draft("Rot", 8), red)).is_open

    async def test_is_for_those_who_manage_the_server(self, tx: Tx, guild_id: int) -> None:
        red = await save(tx, guild_id, draft("Red"))
        nobody = actor(guild_id, permissions=Permission.MANAGE_ROLES)
        doing: list[Any] = [
            saving.save_squad(tx, nobody, draft("Blue"), known=UNSEEN, now=clock.now()),
            saving.delete_squad(tx, nobody, red.id, now=clock.now()),
            saving.save_config(tx, nobody, SquadsConfig(), expected_version=0),
            saving.replace_squads(tx, nobody, SquadsSection()),
        ]
        for each in doing:
            with pytest.raises(NotAllowedError):
                await each
        assert await names(tx, guild_id) == ["Red"]


class TestClosing:
    @pytest.mark.parametrize("way", ["closed", "deleted"])
    async def test_ends_every_membership_and_says_so_in_the_moves(
        self, tx: Tx, guild_id: int, way: str
    ) -> None:
        red = await save(tx, guild_id, draft("Red", switch_cost=3))
        people = [await enter(tx, guild_id, red) for _ in range(3)]
        if way == "closed":
            await save(tx, guild_id, draft("Red", red.role_id, is_active=False), red)
        else:
            assert await saving.delete_squad(tx, manager(guild_id), red.id, now=clock.now()) == 3
            assert await saving.delete_squad(tx, manager(guild_id), red.id, now=clock.now()) == 0
        for who in people:
            assert await service.current_squad(tx, guild_id, who.user_id) is None
            assert await causes(tx, who) == ["join", "closed"]

    async def test_frees_name_and_role_of_what_was_deleted(self, tx: Tx, guild_id: int) -> None:
        red = await save(tx, guild_id, draft("Red", 7, is_default=True))
        await saving.delete_squad(tx, manager(guild_id), red.id, now=clock.now())
        assert (await save(tx, guild_id, draft("Red", 7, is_default=True))).id != red.id


class TestReplacing:
    async def replace(self, tx: Tx, guild_id: int, *squads: SquadDraft, known: Roles = UNSEEN) -> None:
        section = SquadsSection(config=SquadsConfig(roles_taken_by_hand=ByHand.COUNTS), squads=squads)
        await saving.replace_squads(tx, Actor.operator(guild_id), section, known=known)
        assert await saving.load_section(tx, guild_id) == section

    async def test_keeps_who_is_in_what_keeps_its_name(self, tx: Tx, guild_id: int) -> None:
        await self.replace(
            tx, guild_id, draft("Red", 1, is_default=True), draft("Blue", 2), draft("Green", 3)
        )
        red, blue, green = await service.load_squads(tx, guild_id)
        who, lost = await enter(tx, guild_id, blue), await enter(tx, guild_id, green)
        await self.replace(tx, guild_id, draft("BLUE", 1, is_default=True), draft("Red", 2), draft("New", 3))
        now = {each.name: each for each in await service.load_squads(tx, guild_id)}
        assert (now["BLUE"].id, now["Red"].id) == (blue.id, red.id)
        assert await service.current_squad(tx, guild_id, who.user_id) == now["BLUE"]
        assert await service.current_squad(tx, guild_id, lost.user_id) is None

    async def test_with_the_same_changes_and_audits_nothing(self, tx: Tx, guild_id: int) -> None:
        squads = draft("Red", 1), draft("Blue", 2)
        await self.replace(tx, guild_id, *squads)
        await saving.pause_squad(tx, guild_id, 1, Pause.TOO_HIGH)
        before, entries = await service.load_squads(tx, guild_id), await audited(tx, guild_id)
        await self.replace(tx, guild_id, *squads)
        assert (await service.load_squads(tx, guild_id), await audited(tx, guild_id)) == (before, entries)

    async def test_with_a_role_that_must_not_be_handed_out_is_refused(self, tx: Tx, guild_id: int) -> None:
        roles = Roles(DiscordGuild(guild_id, "Guild", 1, {}), Rank(5, 5))
        with pytest.raises(InvalidInputError, match=r"“Red” cannot have the role 1: .* not there any longer"):
            await self.replace(tx, guild_id, draft("Red", 1), known=roles)
