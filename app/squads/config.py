"""What a guild may choose for its squads: one schema for form, API, import/export and docs."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.ids import parse_snowflake
from app.wording import message

MOST_SQUADS = 25
"""Of one guild: as many as Discord suggests at once."""


def _role_id(text: str) -> str:
    if str(parse_snowflake(text)) != text:  # "007" would be a second name of role 7
        raise ValueError(f"{text!r} is not a role's id")
    return text


def _visible(name: str) -> str:
    cleaned = " ".join(name.split())
    if cleaned != name or not name.isprintable():
        raise ValueError("has spaces at its ends, several in a row, or characters nobody sees")
    return name


class ByHand(StrEnum):
    """What becomes of a squad's role that somebody took from a member in Discord."""

    RESTORE = "restore"
    COUNTS = "counts"


class SquadsConfig(BaseModel):
    """What a guild chose for all its squads."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles_taken_by_hand: ByHand = Field(
        ByHand.RESTORE,
        description="A squad's role that somebody takes from a member in Discord: `restore` gives it back, "
        "`counts` ends the membership.",
    )


class SquadDraft(BaseModel):
    """One squad, as a guild wants it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, AfterValidator(_visible)] = Field(
        min_length=1, max_length=40, description="How it is called; no two alike."
    )
    description: str = Field("", max_length=200, description="What members read about it.")
    role_id: Annotated[str, AfterValidator(_role_id)] = Field(
        description="The role of its members. It may give no power and must be below the bot's own."
    )
    switch_cost: int = Field(
        0,
        ge=0,
        le=1_000_000,
        description="What coming here costs in bytes, which are burned. A member's first choice is free.",
    )
    max_members: int | None = Field(
        None, ge=1, le=1_000_000, description="So many members at most; none: no limit."
    )
    is_default: bool = Field(default=False, description="Everybody begins here; one squad at most.")
    is_active: bool = Field(
        default=True, description="Closing a squad ends every membership in it, without refunds."
    )

    @model_validator(mode="after")
    def _can_be_default(self) -> Self:
        if self.is_default and not self.is_active:
            raise ValueError("a closed squad cannot be the one where everybody begins")
        return self


class SquadsSection(BaseModel):
    """The section `squads` of a guild's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    config: SquadsConfig = SquadsConfig()
    squads: tuple[SquadDraft, ...] = Field(
        (), max_length=MOST_SQUADS, description="In the order they are shown."
    )

    @model_validator(mode="after")
    def _no_two_alike(self) -> Self:
        check_together(self.squads)
        return self


def check_together(squads: Iterable[SquadDraft]) -> None:
    """Return if these can be the squads of one guild.

    Raises:
        ValueError: saying why not.
    """
    listed = list(squads)
    names = [each.name.lower() for each in listed]
    if len(set(names)) != len(names):
        raise ValueError(message("two squads have the same name"))
    roles = [each.role_id for each in listed]
    if len(set(roles)) != len(roles):
        raise ValueError(message("two squads have the same role"))
    if sum(each.is_default for each in listed) > 1:
        raise ValueError(message("everybody can begin in one squad only"))
