"""hikari as a reader of what the simulator sends."""

from typing import Any

from hikari.impl import entity_factory


def by_hikari(payload: dict[str, Any]) -> Any:
    """Read an interaction as the library itself does."""
    factory = entity_factory.EntityFactoryImpl(app=None)  # type: ignore[arg-type]  # reading needs no application
    return factory.deserialize_interaction(payload)
