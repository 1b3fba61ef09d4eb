"""One happening on its way to sessions: each form of its data is written once, if somebody hears it. Pure."""

from collections.abc import Hashable

import msgspec

from simulator import wire
from simulator.gateway.admission import Ears
from simulator.gateway.events import RULES
from simulator.gateway.intents import Intent
from simulator.gateway.rules import Rule, Source, Whereabouts
from simulator.gateway.session import Told
from simulator.happenings import Happening
from simulator.wire import JsonObject


class News:
    """A happening with its row of the table."""

    def __init__(self, happening: Happening, rule: Rule, place: Whereabouts, source: Source) -> None:
        self._happening = happening
        self._rule = rule
        self._place = place
        self._source = source
        self._is_secret: bool | None = None
        self._payload: JsonObject | None = None
        self._told: dict[Hashable, Told] = {}

    @classmethod
    def of(cls, happening: Happening, source: Source) -> "News | None":
        """Look a happening up in the table. None if no bot hears of it."""
        rule = RULES.get(type(happening))
        place = None if rule is None else rule.place(source, happening)
        return None if rule is None or place is None else cls(happening, rule, place, source)

    def told_to(self, ears: Ears) -> Told | None:
        """Write it for one session. None if that one does not hear it, or the bot may not know."""
        if not self._rule.is_heard(self._place, ears):
            return None
        if self._is_secret is None:
            self._is_secret = not self._rule.may_hear(self._source, self._place)
        if self._is_secret:
            return None
        form: Hashable = ears if self._rule.personal else self._is_stripped_for(ears)
        told = self._told.get(form)
        if told is None:
            told = Told(self._rule.name_of(self._happening), encoded(self._data(ears)))
            self._told[form] = told
        return told

    def _is_stripped_for(self, ears: Ears) -> bool:
        return self._rule.without_content is not None and not ears.intents & Intent.MESSAGE_CONTENT

    def _data(self, ears: Ears) -> JsonObject:
        if self._rule.personal:
            return self._rule.data(self._source, self._happening, ears)
        if self._payload is None:
            self._payload = self._rule.data(self._source, self._happening, ears)
        if self._rule.without_content is not None and self._is_stripped_for(ears):
            return self._rule.without_content(self._source, self._payload)
        return self._payload


def encoded(payload: JsonObject) -> bytes:
    """Write a payload as JSON, the fast way unless a number in it is too large for that."""
    try:
        return msgspec.json.encode(payload)
    except OverflowError:
        return wire.encode(payload)
