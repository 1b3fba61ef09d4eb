"""Who acts, and what a guild chose: plain values."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.errors import FeatureOffError
from app.features import FEATURES, Feature
from app.wording import Term


class Via(StrEnum):
    """The door a change came through."""

    DASHBOARD = "dashboard"
    API = "api"
    COMMAND = "command"
    CLI = "cli"


class Actor(NamedTuple):
    """Somebody who asks for something in one guild. A tuple: one is made for every command.

    Attributes:
        guild_id: The only guild this actor's rights are about.
        user_id: Discord's id; 0 for the platform's own command line.
        username: The name as it is now, kept on the rows this leads to.
        permissions: Discord's permission bits of this member in this guild, from a signed or freshly
            fetched source.
        via: The door.
        role_ids: This member's roles, from the same source: they may carry an access level of ours.
    """

    guild_id: int
    user_id: int
    username: str
    permissions: int
    via: Via
    role_ids: frozenset[int] = frozenset()

    @classmethod
    def operator(cls, guild_id: int) -> "Actor":
        """Whoever sits at the machine: may do everything there is to do in this guild."""
        return cls(guild_id, 0, "operator", 0, Via.CLI)


@dataclass(frozen=True, slots=True)
class GuildRecord:
    """A guild as the platform knows it.

    Attributes:
        id: Discord's.
        timezone: Days and charts follow it.
        language: Of messages nobody asked for.
        features: What the guild chose, by name.
        on: The features that are on, and everything they depend on; worked out once.
    """

    id: int
    timezone: ZoneInfo
    language: str
    features: dict[str, bool]
    on: tuple[Feature, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Work out which features are on."""
        object.__setattr__(self, "on", tuple(each for each in FEATURES.values() if self._chose(each)))

    def has(self, feature: Feature) -> bool:
        """Tell whether a feature is on here."""
        return feature in self.on

    def _chose(self, feature: Feature) -> bool:
        chosen = self.features.get(feature.name, feature.on_by_default)
        return chosen and all(self._chose(FEATURES[name]) for name in feature.depends_on)


def check_feature(guild: GuildRecord, feature: Feature) -> None:
    """Return if the guild has the feature on.

    Raises:
        FeatureOffError: it does not.
    """
    if not guild.has(feature):
        raise FeatureOffError(
            "{feature} is switched off in this server. Its managers can switch it on again.",
            feature=Term(feature.title),
        )
