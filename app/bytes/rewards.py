"""Role rewards: what a member's bytes unlock.

A reward is a role and the bytes it needs. Crossing one, up or down, enqueues the reconciliation of the
member; which roles are due is read when that runs.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from app.bytes import repository
from app.bytes.config import BytesConfig
from app.bytes.domain import Balance, Transaction
from app.database.tx import Tx
from app.discord.text import number
from app.features import BYTES
from app.guilds.domain import GuildRecord
from app.jobs import service as jobs_service
from app.jobs.kinds import ReconcileMember
from app.roles.domain import Claim, Wants


def rewards_crossed(rewards: Mapping[str, int], before: int, after: int) -> frozenset[str]:
    """Tell the roles of which the member had enough before and has not now, or the other way round."""
    return frozenset(
        role_id for role_id, needed in rewards.items() if (before >= needed) != (after >= needed)
    )


def rewards_differ(before: BytesConfig, after: BytesConfig) -> bool:
    """Tell whether a change of the config can mean another role for somebody."""
    return (before.role_rewards, before.role_rewards_basis) != (after.role_rewards, after.role_rewards_basis)


async def reward_if_crossed(
    tx: Tx, guild_id: int, config: BytesConfig, user_id: int, *, earned: int, received: int
) -> None:
    """Enqueue the reconciliation of a member whose bytes have crossed a reward.

    Called once per member after the postings of a use case, in their `tx`; they hold the lock of the balance,
    so what is read here is what they left. Asks nothing of the database where there are no rewards or what
    counts towards them has not changed; spending never changes it, so it strips nobody of a role.
    What a change of the *config* means for everybody is the worker's sweep to find out.

    Args:
        tx: The transaction.
        guild_id: Where.
        config: The guild's config.
        user_id: Whose balance.
        earned: By how much `total_earned` has changed; below 0 for an undo.
        received: By how much `total_received` has changed.
    """
    change = earned if config.role_rewards_basis == "earned" else received
    if not config.role_rewards or change == 0:
        return
    balance = await repository.find_balance(tx, guild_id, user_id)
    if balance is None:
        return
    after = _counted(config, balance)
    if rewards_crossed(config.role_rewards, after - change, after):
        await jobs_service.enqueue(tx, ReconcileMember(guild_id, user_id))


async def reward_transfer(tx: Tx, config: BytesConfig, booked: Transaction, starting_id: UUID) -> None:
    """Enqueue the reconciliation of whoever a transfer made cross a reward; right after its posting.

    The receiver has received; the giver has earned, if this was the first own command.

    Args:
        tx: The transaction that has booked it.
        config: The guild's config.
        booked: The transfer.
        starting_id: The id that its posting offered for the giver's starting balance.
    """
    if not config.role_rewards:
        return
    await reward_if_crossed(tx, booked.guild_id, config, booked.receiver_id, earned=0, received=booked.amount)
    if config.starting_balance == 0:
        return
    starting = await repository.find_by_key(tx, f"starting:{booked.guild_id}:{booked.giver_id}")
    if starting is not None and starting.id == starting_id:
        minted = starting.amount
        await reward_if_crossed(tx, booked.guild_id, config, booked.giver_id, earned=minted, received=minted)


async def claim_roles(tx: Tx, guild: GuildRecord, user_id: int) -> Wants | None:
    """Tell which of the guild's rewards a member has reached; None if bytes are switched off there.

    A member nobody has seen has reached none. A reward that is none any more stays with those who have it.
    """
    if not guild.has(BYTES):
        return None
    config, _ = await repository.find_config(tx, guild.id)
    if not config.role_rewards:
        return Wants(BYTES.name, ())
    balance = await repository.find_balance(tx, guild.id, user_id)
    counted = 0 if balance is None else _counted(config, balance)
    return Wants(
        BYTES.name,
        tuple(
            _claim(int(role_id), needed, is_due=counted >= needed)
            for role_id, needed in config.role_rewards.items()
        ),
    )


async def claimed_roles(tx: Tx, guild: GuildRecord) -> frozenset[int] | None:
    """Tell which roles are rewards of a guild; None if bytes are switched off there."""
    if not guild.has(BYTES):
        return None
    config, _ = await repository.find_config(tx, guild.id)
    return frozenset(map(int, config.role_rewards))


async def due_roles(tx: Tx, guild: GuildRecord, user_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Tell which of these members have reached which rewards; without those who have reached none."""
    if not guild.has(BYTES):
        return {}
    config, _ = await repository.find_config(tx, guild.id)
    if not config.role_rewards:
        return {}
    return {
        user_id: frozenset(int(role_id) for role_id, needed in config.role_rewards.items() if has >= needed)
        for user_id, has in await repository.find_counted(
            tx, guild.id, config.role_rewards_basis, min(config.role_rewards.values()), user_ids
        )
    }


async def guilds_with_rewards(tx: Tx) -> list[int]:
    """Tell which guilds have role rewards."""
    return await repository.find_guilds_with_rewards(tx)


def _claim(role_id: int, needed: int, *, is_due: bool) -> Claim:
    said = "Reached" if is_due else "No longer has"
    return Claim(role_id, is_due, BYTES.name, f"{said} {number(needed)} bytes")


def _counted(config: BytesConfig, balance: Balance) -> int:
    """Give what counts towards rewards of a member's bytes."""
    return balance.total_earned if config.role_rewards_basis == "earned" else balance.total_received
