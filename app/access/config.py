"""Which of its roles a guild gives an access level: one schema for form, API, import/export and docs."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.access.domain import Level
from app.ids import parse_snowflake


def _role_id(text: str) -> str:
    if str(parse_snowflake(text)) != text:  # "007" would be a second name of role 7
        raise ValueError(f"{text!r} is not a role's id")
    return text


class AccessConfig(BaseModel):
    """Access levels of one guild. Whoever has Manage Server is a manager without any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: Annotated[
        dict[Annotated[str, AfterValidator(_role_id)], Level],
        Field(max_length=50),
    ] = Field(
        default_factory=dict,
        description="Role id -> access level of its members; of several roles the highest counts.",
    )
