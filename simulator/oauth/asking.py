"""What an application asks a person for, read from the query of the authorize page. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.oauth import scopes
from simulator.oauth.redirects import may_return_to, with_parameters
from simulator.permissions import ALL
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Application

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # noqa: TID251 - our own constant: base64url of a SHA-256 digest


@dataclass(frozen=True, slots=True)
class Asking:
    """One application's wish. Without `wants_code` it is a plain install link that leads nowhere after."""

    scopes: tuple[str, ...]
    redirect_uri: str | None
    redirect_was_given: bool
    wants_code: bool
    state: str | None
    skips_consent: bool
    challenge: str | None
    permissions: int
    guild_id: int | None
    guild_is_fixed: bool

    @property
    def installs(self) -> bool:
        """Whether a guild has to be chosen."""
        return bool(scopes.INSTALLS & set(self.scopes))

    def back(self, **answer: str) -> str | None:
        """Write the address that takes an answer to the application. None if it wants to hear none."""
        if self.redirect_uri is None:
            return None
        return with_parameters(self.redirect_uri, answer | _state(self.state))


class AskingError(Exception):
    """Raised when a person is not even asked. `back` is where to say so; None if nobody there is trusted.

    `shown` errors are for the developer's eyes first, as Discord shows them.
    """

    def __init__(self, error: str, description: str, *, back: str | None = None, shown: bool = False) -> None:
        self.error = error
        self.description = description
        self.back = back
        self.shown = shown or back is None
        super().__init__(description)


def read(query: Iterable[tuple[str, str]], application: Application) -> Asking:
    """Read a query. Raises `AskingError`."""
    given: dict[str, str] = {}
    for name, value in query:
        if name in given:
            raise AskingError("invalid_request", f"The parameter {name} stands there twice.")
        given[name] = value
    if given.get("client_id") != str(application.id):
        raise AskingError("invalid_client", "There is no application with this client_id.")
    redirect_uri, was_given = _redirect_uri(given, application)
    return _Reader(given, redirect_uri, was_given).read()


def _redirect_uri(given: dict[str, str], application: Application) -> tuple[str | None, bool]:
    asked = given.get("redirect_uri")
    if asked is None:
        only = application.redirect_uris[0] if len(application.redirect_uris) == 1 else None
        return only if "response_type" in given else None, False
    if not may_return_to(asked, application.redirect_uris):
        raise AskingError(
            "invalid_request", "The redirect_uri is not one that the application has registered."
        )
    return asked, True


def _state(state: str | None) -> dict[str, str]:
    return {} if state is None else {"state": state}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the rest, once it is settled where refusals go."""

    given: dict[str, str]
    redirect_uri: str | None
    redirect_was_given: bool

    def read(self) -> Asking:
        asked = self._scopes()
        wants_code = self._wants_code(asked)
        return Asking(
            scopes=asked,
            redirect_uri=self.redirect_uri,
            redirect_was_given=self.redirect_was_given,
            wants_code=wants_code,
            state=self.given.get("state"),
            skips_consent=self._one_of("prompt", "consent", "none") == "none",
            challenge=self._challenge(),
            permissions=self._permissions(),
            guild_id=self._guild_id(),
            guild_is_fixed=self._one_of("disable_guild_select", "false", "true") == "true",
        )

    def _refusal(self, error: str, description: str, *, shown: bool = False) -> AskingError:
        back = None
        if self.redirect_uri is not None:
            answer = {"error": error, "error_description": description} | _state(self.given.get("state"))
            back = with_parameters(self.redirect_uri, answer)
        return AskingError(error, description, back=back, shown=shown)

    def _scopes(self) -> tuple[str, ...]:
        asked = scopes.read_scopes(self.given.get("scope", ""))
        if not asked or scopes.unknown_scopes(asked):
            sentence = "The requested scope is invalid, unknown, or malformed."  # Discord's words
            raise self._refusal("invalid_scope", sentence, shown=True)
        if self._one_of("integration_type", "0", "1") == "1":
            raise self._refusal("invalid_request", "The application cannot be installed to accounts.")
        return asked

    def _wants_code(self, asked: tuple[str, ...]) -> bool:
        kind = self.given.get("response_type")
        if kind is None and self.redirect_uri is None and set(asked) <= scopes.INSTALLS:
            return False
        if kind is None:
            raise self._refusal("invalid_request", "The response_type is missing.")
        if kind != "code":
            raise self._refusal("unsupported_response_type", "The only response_type here is code.")
        if self.redirect_uri is None:
            raise self._refusal("invalid_request", "The redirect_uri is missing.")
        return True

    def _challenge(self) -> str | None:
        challenge, method = self.given.get("code_challenge"), self.given.get("code_challenge_method")
        if challenge is None and method is None:
            return None
        if method != "S256":
            raise self._refusal("invalid_request", "The code_challenge_method must be S256.")
        if challenge is None or not _CHALLENGE.match(challenge):
            raise self._refusal("invalid_request", "The code_challenge is no SHA-256 digest in base64url.")
        return challenge

    def _permissions(self) -> int:
        text = self.given.get("permissions") or "0"
        if not text.isascii() or not text.isdecimal() or len(text) > len(str(1 << 64)):
            raise self._refusal("invalid_request", "The permissions are not a number.")
        return int(text) & ALL

    def _guild_id(self) -> int | None:
        text = self.given.get("guild_id")
        number = parse_snowflake(text)
        if text and number is None:
            raise self._refusal("invalid_request", "The guild_id is not snowflake.")
        return number

    def _one_of(self, name: str, *allowed: str) -> str:
        value = self.given.get(name, allowed[0])
        if value not in allowed:
            raise self._refusal("invalid_request", f"The parameter {name} is one of: {', '.join(allowed)}.")
        return value
