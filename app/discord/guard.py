"""What keeps us from asking Discord when it said not to: the waits it named, a refused token, a breaker.

Nothing here waits. Whoever would have to is told for how long, and has better things to do meanwhile. Only
what is even among our own requests, so that they never are too many at once, is waited for by the client.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from app import clock
from app.discord.port import DiscordRateLimitedError, DiscordUnauthorizedError
from app.wording import message

MOST_INVALID: Final = 2_000
"""Answers 401, 403 and 429 in ten minutes before we stop by ourselves; Discord bans the address at 10,000."""

WINDOW: Final = 600.0
"""Seconds those are counted for (Discord: topics/rate-limits)."""

PER_SECOND: Final = 30
"""Requests we allow ourselves. Discord allows a bot 50 (topics/rate-limits); they bunch up on the way, and it
has more processes."""

_GLOBAL: Final = ""

_WAIT: Final = message("Discord wants fewer requests. Nothing was done; it is tried again in a moment.")
_REFUSED_TOKEN: Final = message("Discord does not accept the bot token. Nothing was done.")
_TOO_MANY: Final = message("Discord refused so much that we stopped asking for a while. Nothing was done.")


class Guard:
    """What one client must not ask now. A *route* here is a route with its guild, channel or token.

    Args:
        monotonic: The clock it goes by, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._monotonic = monotonic
        self._until: dict[str, float] = {}
        self._invalid: deque[float] = deque()
        self._is_refused = False
        self._sent: deque[float] = deque(maxlen=PER_SECOND)

    def pause(self) -> float:
        """Tell how many seconds to wait before the next request of any kind, and count it as sent then."""
        now = self._monotonic()
        at = now if len(self._sent) < PER_SECOND else max(now, self._sent[0] + 1.0)
        self._sent.append(at)
        return at - now

    def check(self, route: str) -> None:
        """Return if this may be asked now.

        Raises:
            DiscordUnauthorizedError: the token was refused; nothing may be asked any more.
            DiscordRateLimitedError: not before so many seconds are over.
        """
        if self._is_refused:
            raise DiscordUnauthorizedError(_REFUSED_TOKEN, status=401)
        now = self._monotonic()
        for key in (_GLOBAL, route):
            wait = self._until.get(key, now) - now
            if wait > 0:
                raise DiscordRateLimitedError(_WAIT, retry_after=wait)
            self._until.pop(key, None)
        while self._invalid and self._invalid[0] <= now - WINDOW:
            self._invalid.popleft()
        if len(self._invalid) >= MOST_INVALID:
            raise DiscordRateLimitedError(_TOO_MANY, retry_after=self._invalid[0] + WINDOW - now)

    def refuse_token(self) -> None:
        """Note that Discord does not accept the token: this client asks nothing any more."""
        self._is_refused = True

    def count_invalid(self) -> None:
        """Count an answer that Discord counts against our address."""
        self._invalid.append(self._monotonic())

    def wait(self, route: str, seconds: float, *, everywhere: bool) -> None:
        """Note that a route, or everything, may not be asked for so long."""
        now = self._monotonic()
        self._until = {known: until for known, until in self._until.items() if until > now}
        key = _GLOBAL if everywhere else route
        until = now + seconds
        self._until[key] = max(self._until.get(key, until), until)
