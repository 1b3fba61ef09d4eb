"""The errors of the platform: one tree, each a sentence a person can act on.

An error carries a stable `code` (what edges and programs match on), a message and its facts
(`app.wording`): what happened, what was *not* done, what to do next. `str(error)` is that in English;
edges render message and facts in the reader's language.
"""

from typing import ClassVar

from app.wording import Fact, fill, plain


class SmarterDevError(Exception):
    """Something the platform can explain.

    Args:
        message: The sentence in English, with gaps; translators see it, so never a formatted string.
        facts: What fills the gaps.
    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, /, **facts: Fact) -> None:
        self.message = message
        self.facts = facts
        super().__init__(message)

    def __str__(self) -> str:
        return fill(self.message, self.facts, plain)


class RefusedError(SmarterDevError):
    """A rule said no. Nothing was changed."""

    code = "refused"


class NotAllowedError(RefusedError):
    """The actor may not do this; the text names what is missing."""

    code = "not_allowed"


class InvalidInputError(RefusedError):
    """What was entered cannot be used; the text names the allowed range."""

    code = "invalid_input"


class FeatureOffError(RefusedError):
    """The guild has switched this feature off."""

    code = "feature_off"


class NotFoundError(RefusedError):
    """There is no such thing in this guild (or it belongs to another one)."""

    code = "not_found"


class ConflictError(RefusedError):
    """The same idempotency key came with other content, or the thing was changed meanwhile."""

    code = "conflict"


class UnavailableError(SmarterDevError):
    """Something we depend on does not answer. Nothing was changed; trying again is safe."""

    code = "unavailable"


class NotMigratedError(UnavailableError):
    """The database lacks what this version needs."""


class OutcomeUnknownError(SmarterDevError):
    """The answer to a commit was lost: it may have happened. Look before trying again."""

    code = "outcome_unknown"


class SettingsError(SmarterDevError):
    """The process environment cannot be used; the text names each variable at fault."""

    code = "settings"
