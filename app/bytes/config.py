"""What a guild may choose for its economy: one schema for form, API, import/export and docs."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.ids import parse_snowflake


def _role_ids(rewards: dict[str, int]) -> dict[str, int]:
    for role_id in rewards:
        if str(parse_snowflake(role_id)) != role_id:  # nor with zeros in front: a role would have two names
            raise ValueError(f"{role_id!r} is not a role's id")
    return rewards


class BytesConfig(BaseModel):
    """Settings of the economy of one guild."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starting_balance: int = Field(
        100, ge=0, le=1_000_000, description="Bytes a member starts with, at the first own command."
    )
    daily_amount: int = Field(10, ge=0, le=100_000, description="Bytes of one daily claim.")
    streak_bonuses: Annotated[
        dict[Annotated[int, Field(ge=1, le=3650)], Annotated[int, Field(ge=1, le=100)]],
        Field(max_length=20),
    ] = Field(
        {8: 2, 16: 4, 32: 8, 64: 16},
        description="Days in a row -> multiplier of the daily amount; the highest reached counts.",
    )
    day_resets_at: int = Field(
        0,
        ge=0,
        le=23,
        description="The hour, in the server's time zone, at which a new day begins.",
    )
    max_transfer: int = Field(1_000, ge=1, le=1_000_000, description="The most one can send at once.")
    cooldown_hours: int = Field(0, ge=0, le=168, description="Hours between two sends of one member.")
    minimum_account_age_days: int = Field(
        7,
        ge=0,
        le=3650,
        description="Younger Discord accounts get no starting balance yet and cannot send.",
    )
    role_rewards: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=1_000_000_000)]],
        AfterValidator(_role_ids),
        Field(max_length=50),
    ] = Field(
        default_factory=dict,
        description="Role id -> bytes needed to be given that role by the worker; spending takes none away.",
    )
    role_rewards_basis: Literal["earned", "received"] = Field(
        "earned",
        description="What counts towards role rewards: bytes earned (claims, grants) or all received.",
    )
