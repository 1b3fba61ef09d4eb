"""How a person hears that something cannot be done, before anything is sent to the bot."""

from enum import IntEnum


class Why(IntEnum):
    """What kind of no it is, numbered as HTTP does."""

    DOES_NOT_FIT = 400
    NOT_ALLOWED = 403
    NOT_THERE = 404
    NOT_NOW = 409


class RefusedError(Exception):
    """Raised when Discord's own client, or its first check, would not let the person do it."""

    def __init__(self, why: Why, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why
        self.sentence = sentence
