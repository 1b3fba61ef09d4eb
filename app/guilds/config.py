"""What a guild may choose about itself."""

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.features import FEATURES

_NOT_A_PLACE = frozenset({"localtime", "posixrules", "Factory"})
"""Names in the zone database that mean something else on every machine."""


def _known_timezone(name: str) -> str:
    if name not in available_timezones() or name in _NOT_A_PLACE:
        raise ValueError("is not a time zone; use a name like Europe/Berlin or UTC")
    return name


def _known_features(features: dict[str, bool]) -> dict[str, bool]:
    unknown = sorted(set(features) - set(FEATURES))
    if unknown:
        raise ValueError(f"there is no feature {', '.join(unknown)}")
    return features


class GuildConfig(BaseModel):
    """General settings of a guild."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: Annotated[str, AfterValidator(_known_timezone)] = Field(
        "UTC", description="IANA time zone: days, streaks and charts follow it."
    )
    language: Literal["en"] = Field("en", description="The language of messages nobody asked for.")
    features: Annotated[dict[str, bool], AfterValidator(_known_features)] = Field(
        default_factory=dict, description="Features switched on or off by name."
    )
