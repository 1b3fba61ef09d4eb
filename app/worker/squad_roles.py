"""What the roles of squads mean beyond giving and taking: a membership that ends, a squad that is paused."""

from collections.abc import Collection, Iterable, Mapping

from app import clock
from app.access import service as access_service
from app.database.tx import Tx
from app.discord.cache import Place
from app.discord.port import DiscordMember
from app.features import SQUADS
from app.roles import service as roles_service
from app.roles.domain import Claim, Grant, refusal, was_taken
from app.squads import claims as squad_claims
from app.worker.work import Work


async def end_by_hand(
    work: Work, member: DiscordMember, claims: Iterable[Claim], grants: Mapping[int, Grant]
) -> bool:
    """End the membership whose role somebody took in Discord, where the server chose that this counts.

    Tells whether one is ended. A role that is gone altogether was taken from nobody, so the guild is looked
    at anew, after the member.
    """
    taken = [
        claim
        for claim in claims
        if claim.why == SQUADS.name
        and was_taken(claim, grants.get(claim.role_id), actual=member.role_ids, joined_at=member.joined_at)
    ]
    if not taken:
        return False
    place = await _look_anew(work, member.guild_id)
    ended = False
    for claim in taken:
        if place is None or claim.role_id not in place.guild.roles:
            continue
        async with work.database.transaction() as tx:
            if await squad_claims.end_if_it_counts(tx, member.guild_id, member.user_id, claim, clock.now()):
                await roles_service.forget_grants(tx, member.guild_id, member.user_id, [claim.role_id])
                ended = True
    return ended


async def pause(work: Work, guild_id: int, refused: Collection[int]) -> None:
    """Pause squads whose role was refused, if it would be refused now as well; nobody loses a membership."""
    if not refused:
        return
    async with work.database.transaction() as tx:
        known = await squad_claims.open_roles(tx, guild_id)
        with_level = await levels(tx, guild_id)
    asked = known & set(refused)
    if not asked:
        return
    place = await _look_anew(work, guild_id)  # what was remembered may have been mended
    if place is None:
        return
    faults = {role_id: refusal(place.guild, role_id, place.bot, with_level) for role_id in asked}
    async with work.database.transaction() as tx:
        await squad_claims.note_faults(
            tx, guild_id, {role_id: why for role_id, why in faults.items() if why is not None}
        )


async def levels(tx: Tx, guild_id: int) -> frozenset[int]:
    """Tell which roles carry an access level."""
    access, _ = await access_service.load_config(tx, guild_id)
    return frozenset(int(role_id) for role_id in access.roles)


async def _look_anew(work: Work, guild_id: int) -> Place | None:
    work.places.drop(guild_id)
    return await work.places.find(guild_id)
