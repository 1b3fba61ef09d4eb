"""What a job is given to work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from app.components.custom_id import CustomIds
from app.database.tx import Database
from app.discord.cache import Places
from app.discord.port import Discord
from app.replies.service import TokenBox
from app.worker.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Work:
    """The things of one worker.

    Attributes:
        database: The way to our data.
        discord: The way to Discord.
        box: Opens the tokens of replies.
        custom_ids: Writes the ids of buttons below messages.
        places: Remembers guilds for some seconds.
    """

    database: Database
    discord: Discord
    box: TokenBox
    custom_ids: CustomIds
    places: Places = field(init=False)

    def __post_init__(self) -> None:
        """Remember nothing, to begin with."""
        object.__setattr__(self, "places", Places(self.discord))


Handler = Callable[[Work, Any], Awaitable[Outcome]]
"""Does one kind of job. It may raise any error of Discord's or the database's: the job is tried again."""
