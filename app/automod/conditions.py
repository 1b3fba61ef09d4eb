"""When a rule applies: all of it must hold."""

from datetime import datetime, timedelta
from typing import Final, Literal, Self

from pydantic import BaseModel, Field, model_validator

from app.automod.fields import FROZEN, Ids
from app.automod.observation import Kind, Observation
from app.automod.windows import Noted
from app.ids import snowflake_time

_ON: Final = {"new": Kind.MESSAGE, "edited": Kind.EDIT}


class Conditions(BaseModel):
    """What must hold besides the trigger. What is left out is not asked."""

    model_config = FROZEN

    channels_only: Ids = Field(
        frozenset(), max_length=100, description="Only in these channels and their threads; none: everywhere."
    )
    channels_except: Ids = Field(
        frozenset(), max_length=100, description="Not in these channels and their threads."
    )
    roles_only: Ids = Field(
        frozenset(), max_length=100, description="Only members with at least one of these roles."
    )
    roles_except: Ids = Field(
        frozenset(), max_length=100, description="Not members with one of these roles: they are exempt."
    )
    account_age_below_days: int | None = Field(
        None, ge=1, le=3650, description="Only accounts that are younger than so many days."
    )
    member_age_below_days: int | None = Field(
        None, ge=1, le=3650, description="Only members who joined less than so many days ago."
    )
    has_attachment: bool | None = Field(
        None, description="Only messages with a file, or only those without one."
    )
    on: Literal["new", "edited"] | None = Field(
        None, description="Only new messages, or only edited ones; none: both."
    )

    @property
    def are_about_messages(self) -> bool:
        """Tell whether there is something that only a message can have."""
        return bool(
            self.channels_only
            or self.channels_except
            or self.has_attachment is not None
            or self.on is not None
        )

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        for what, only, but in (
            ("channel", self.channels_only, self.channels_except),
            ("role", self.roles_only, self.roles_except),
        ):
            if both := sorted(only & but):
                raise ValueError(f"{what} {both[0]} is both among “only” and among “except”: take one out")
        return self


def holds(conditions: Conditions, observation: Observation) -> bool:
    """Tell whether all conditions hold.

    Since when somebody is a member is not always told; who may have been one for long is not called new.
    """
    if conditions.on is not None and observation.kind is not _ON[conditions.on]:
        return False
    if conditions.has_attachment is not None and conditions.has_attachment != bool(observation.filenames):
        return False
    return (
        _is_there(conditions, observation)
        and _has_roles(conditions, observation.role_ids)
        and _is_young(conditions, observation)
    )


def is_about_account(conditions: Conditions, user_id: int, at: datetime) -> bool:
    """Tell whether the rule is about this account, as far as its id tells."""
    days = conditions.account_age_below_days
    return days is None or at - snowflake_time(user_id) < timedelta(days=days)


def is_about_message(conditions: Conditions, noted: Noted, at: datetime) -> bool:
    """Tell whether the rule is about this earlier message of a burst, as far as it was remembered."""
    return (
        _is_there(conditions, noted)
        and _has_roles(conditions, noted.role_ids)
        and is_about_account(conditions, noted.user_id, at)
        and _is_new_member(conditions, noted.joined_at, at)
    )


def _is_there(conditions: Conditions, observation: Observation | Noted) -> bool:
    only, but = conditions.channels_only, conditions.channels_except
    if not only and not but:
        return True
    places = {observation.channel_id, observation.parent_id}
    return (not only or not only.isdisjoint(places)) and but.isdisjoint(places)


def _has_roles(conditions: Conditions, role_ids: frozenset[int]) -> bool:
    only, but = conditions.roles_only, conditions.roles_except
    return (not only or not only.isdisjoint(role_ids)) and (not but or but.isdisjoint(role_ids))


def _is_young(conditions: Conditions, observation: Observation) -> bool:
    if not is_about_account(conditions, observation.user_id, observation.at):
        return False
    joined_at = observation.at if observation.kind is Kind.JOIN else observation.joined_at
    return _is_new_member(conditions, joined_at, observation.at)


def _is_new_member(conditions: Conditions, joined_at: datetime | None, at: datetime) -> bool:
    days = conditions.member_age_below_days
    return days is None or (joined_at is not None and at - joined_at < timedelta(days=days))
