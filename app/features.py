"""The features a guild can switch on and off. Each edge keeps one explicit table keyed by these names."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature of the product.

    Attributes:
        name: How it is spelled everywhere: package, table prefix, page, docs.
        title: What people read.
        depends_on: Features that must be on as well.
        on_by_default: Whether a guild that never chose has it.
    """

    name: str
    title: str
    depends_on: tuple[str, ...] = ()
    on_by_default: bool = True


BYTES: Final = Feature("bytes", "Bytes")
MODERATION: Final = Feature("moderation", "Moderation")
AUTOMOD: Final = Feature("automod", "Auto-mod", depends_on=("moderation",))
SQUADS: Final = Feature("squads", "Squads", depends_on=("bytes",))

FEATURES: Final[dict[str, Feature]] = {
    feature.name: feature for feature in (BYTES, SQUADS, MODERATION, AUTOMOD)
}
