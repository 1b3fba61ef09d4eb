"""The economy of one guild, as every use case enters it: whether it is on, and what the guild chose."""

from app.bytes import repository
from app.bytes.config import BytesConfig
from app.database.tx import Tx
from app.features import BYTES
from app.guilds import service as guilds_service
from app.guilds.domain import GuildRecord


async def enter_economy(tx: Tx, guild_id: int) -> tuple[GuildRecord, BytesConfig]:
    """Load a guild and its config. Both may be what this process remembers of it (`Tx.remember`).

    Raises:
        FeatureOffError: the guild has switched the economy off.
    """
    guild = await guilds_service.enter_feature(tx, guild_id, BYTES)
    return guild, await tx.remember("bytes_config", guild_id, lambda: _config(tx, guild_id))


async def _config(tx: Tx, guild_id: int) -> BytesConfig:
    config, _ = await repository.find_config(tx, guild_id)
    return config
