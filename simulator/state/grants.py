"""What people have allowed the application: codes, and the tokens they became. In memory, bounded."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.clock import Clock

CODE_LIFE = timedelta(seconds=100)
"""A code is good once and this long: Discord's own staff said so (discord-api-docs issue 2526)."""
TOKEN_LIFE = timedelta(days=7)
"""Discord's `expires_in` is 604800."""

_REMEMBERED = 5_000
_TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Authorization:
    """What one person allowed. Guild and permissions are there where something was installed."""

    user_id: int
    scopes: tuple[str, ...]
    guild_id: int | None = None
    permissions: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization on its way to the application. The redirect stands there if it was asked for."""

    authorization: Authorization
    redirect_uri: str | None
    challenge: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the refresh token that replaces it, if there is one."""

    access: str
    refresh: str | None
    authorization: Authorization
    expires_at: datetime


class Grants:
    """Codes and tokens of the one application, each forgotten when thousands have come after it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, Token] = {}
        self._access_by_refresh: dict[str, str] = {}

    def issue_code(
        self, authorization: Authorization, *, redirect_uri: str | None = None, challenge: str | None = None
    ) -> str:
        """Make a code that can be exchanged once."""
        code = secrets.token_urlsafe(_TOKEN_BYTES)
        expires_at = self._clock.now() + CODE_LIFE
        self._codes[code] = Code(authorization, redirect_uri, challenge, expires_at)
        if len(self._codes) > _REMEMBERED:
            del self._codes[next(iter(self._codes))]
        return code

    def take_code(self, code: str) -> Code | None:
        """Use a code up. None if it is unknown, was used before, or came too late."""
        found = self._codes.pop(code, None)
        return found if found is not None and self._clock.now() < found.expires_at else None

    def issue_token(self, authorization: Authorization, *, refreshable: bool = True) -> Token:
        """Make an access token, and a refresh token unless that is not wanted."""
        token = Token(
            access=secrets.token_urlsafe(_TOKEN_BYTES),
            refresh=secrets.token_urlsafe(_TOKEN_BYTES) if refreshable else None,
            authorization=authorization,
            expires_at=self._clock.now() + TOKEN_LIFE,
        )
        self._tokens[token.access] = token
        if token.refresh is not None:
            self._access_by_refresh[token.refresh] = token.access
        if len(self._tokens) > _REMEMBERED:
            self._forget(next(iter(self._tokens.values())))
        return token

    def find(self, access: str) -> Token | None:
        """Find what an access token stands for. None if it is unknown, revoked, replaced or expired."""
        token = self._tokens.get(access)
        return token if token is not None and self._clock.now() < token.expires_at else None

    def renew(self, refresh: str) -> Token | None:
        """Replace both tokens: the old two are dead. None if the refresh token is none of ours."""
        access = self._access_by_refresh.get(refresh)
        if access is None:
            return None
        old = self._tokens[access]
        self._forget(old)
        return self.issue_token(old.authorization)

    def revoke(self, token: str) -> None:
        """Kill every token that the same person's authorization has. Nothing happens for unknown ones."""
        known = self._tokens.get(self._access_by_refresh.get(token, token))
        if known is None:
            return
        for each in tuple(self._tokens.values()):
            if each.authorization.user_id == known.authorization.user_id:
                self._forget(each)

    def has_allowed(self, user_id: int, scopes: tuple[str, ...]) -> bool:
        """Tell whether somebody has allowed all of this before, and it was not revoked."""
        return any(
            each.authorization.user_id == user_id and set(scopes) <= set(each.authorization.scopes)
            for each in self._tokens.values()
        )

    def _forget(self, token: Token) -> None:
        del self._tokens[token.access]
        if token.refresh is not None:
            del self._access_by_refresh[token.refresh]
