"""Interactions that wait for their first answer, and the modals that people have before them. Bounded."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from simulator.state.entities import Interaction, Message
from simulator.wire import JsonObject

_MODALS = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """What the first answer led to: a message, a modal, choices, or nothing that can be seen."""

    message: Message | None = None
    modal: JsonObject | None = None
    choices: tuple[JsonObject, ...] | None = None


@dataclass(slots=True)
class Live:
    """An interaction whose first answer may still come.

    `focused` is the type of the option that choices are wanted for, as Discord numbers it. `problem` is
    why an answer was refused; another one may come yet.
    """

    interaction: Interaction
    focused: int | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    shown: Shown | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class OpenModal:
    """A modal before somebody's eyes, and the interaction that it answered."""

    data: JsonObject
    opened_by: Interaction


class OpenInteractions:
    """Which interactions are live, by id, and which modals are open, by person and custom id."""

    def __init__(self) -> None:
        self._live: dict[int, Live] = {}
        self._modals: dict[tuple[int, str], OpenModal] = {}

    def begin(self, live: Live) -> None:
        """Wait for this interaction's first answer from now on."""
        self._live[live.interaction.id] = live

    def end(self, live: Live) -> None:
        """Wait no longer; whoever answers now is too late."""
        self._live.pop(live.interaction.id, None)

    def find(self, interaction_id: int) -> Live | None:
        """Find an interaction that can still be answered. None for all others."""
        return self._live.get(interaction_id)

    def open_modal(self, modal: OpenModal) -> None:
        """Put a modal before the eyes of whoever asked; one with the same custom id gives way."""
        key = (modal.opened_by.user_id, modal.data["custom_id"])
        self._modals.pop(key, None)
        self._modals[key] = modal
        while len(self._modals) > _MODALS:
            del self._modals[next(iter(self._modals))]

    def find_modal(self, custom_id: str, user_id: int | None, now: datetime) -> OpenModal | None:
        """Find an open modal of somebody, or the newest with this custom id. None once it is over."""
        for (owner, name), modal in reversed(self._modals.items()):
            if name == custom_id and user_id in {None, owner} and modal.opened_by.expires_at > now:
                return modal
        return None

    def close_modal(self, modal: OpenModal) -> None:
        """Take a modal away; nothing happens if another one has taken its place."""
        key = (modal.opened_by.user_id, modal.data["custom_id"])
        if self._modals.get(key) is modal:
            del self._modals[key]
