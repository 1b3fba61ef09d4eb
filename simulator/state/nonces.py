"""What makes a repeated send harmless: the author's nonce, remembered for a few minutes."""

from datetime import datetime, timedelta

_MOST = 10_000
_REMEMBERED = timedelta(minutes=3)  # Discord: "the past few minutes"


class Nonces:
    """Which message an author's nonce made, in which channel, for three minutes of this Discord's time.

    Of very many the oldest are forgotten sooner.
    """

    def __init__(self) -> None:
        self._messages: dict[tuple[int, int, str], tuple[datetime, int]] = {}

    def __len__(self) -> int:
        return len(self._messages)

    def find(self, author_id: int, channel_id: int, nonce: str | int, now: datetime) -> int | None:
        """Find the message that this nonce made. None if it is new, or too long ago."""
        made, message_id = self._messages.get((author_id, channel_id, str(nonce)), (None, None))
        return message_id if made is not None and now - made < _REMEMBERED else None

    def remember(
        self, author_id: int, channel_id: int, nonce: str | int, message_id: int, now: datetime
    ) -> None:
        """Keep what this nonce made, and forget those that are over."""
        while self._messages:
            key, (made, _) = next(iter(self._messages.items()))
            if now - made < _REMEMBERED and len(self._messages) < _MOST:
                break
            del self._messages[key]
        self._messages.pop((author_id, channel_id, str(nonce)), None)
        self._messages[author_id, channel_id, str(nonce)] = (now, message_id)
