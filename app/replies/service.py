"""Keeping the token of a reply until it was edited."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from pydantic import SecretStr
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from app.database.tx import Tx
from app.ids import snowflake_time
from app.replies.models import InteractionToken

LIFETIME: Final = timedelta(minutes=14)
"""Discord takes a token for 15 minutes (interactions/receiving-and-responding). A minute less, so that it is
gone from here by then, too."""


@dataclass(frozen=True, slots=True, repr=False)
class ReplyToEdit:
    """A reply whose time is not over.

    Attributes:
        token: Discord's; in no log and in no error.
        locale: The reader's.
    """

    token: SecretStr
    locale: str


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """The token of one interaction, and what it is sealed with."""

    box: "TokenBox"
    token: str


class TokenBox:
    """Seals tokens and opens them again.

    Args:
        key: 32 bytes that are not in the database; the same in every process.
    """

    def __init__(self, key: bytes) -> None:
        self._box = SecretBox(key)

    def seal(self, token: str) -> bytes:
        """Make what may be stored of a token."""
        return bytes(self._box.encrypt(token.encode()))

    def open(self, sealed: bytes) -> str | None:
        """Give the token back, None if it was sealed with another key."""
        try:
            return self._box.decrypt(sealed).decode()
        except CryptoError:
            return None


async def keep_token(tx: Tx, tokens: Tokens, interaction_id: int, locale: str) -> None:
    """Keep the token of an interaction for as long as Discord takes it. A repeat keeps it once."""
    kept = insert(InteractionToken).values(
        interaction_id=interaction_id,
        sealed=tokens.box.seal(tokens.token),
        locale=locale,
        expires_at=snowflake_time(interaction_id) + LIFETIME,
    )
    await tx.execute(kept.on_conflict_do_nothing())


async def find_reply(tx: Tx, box: TokenBox, interaction_id: int, now: datetime) -> ReplyToEdit | None:
    """Find the reply to an interaction, None if it cannot be edited any more."""
    found = (
        await tx.execute(
            select(InteractionToken.sealed, InteractionToken.locale).where(
                InteractionToken.interaction_id == interaction_id, InteractionToken.expires_at > now
            )
        )
    ).one_or_none()
    token = None if found is None else box.open(found.sealed)
    return None if found is None or token is None else ReplyToEdit(SecretStr(token), found.locale)


async def drop_token(tx: Tx, interaction_id: int) -> None:
    """Forget a token: its reply was edited for the last time, or cannot be."""
    await tx.execute(delete(InteractionToken).where(InteractionToken.interaction_id == interaction_id))


async def forget_old(tx: Tx, now: datetime) -> bool:
    """Delete the tokens whose time is over; False: there are no more."""
    await tx.execute(delete(InteractionToken).where(InteractionToken.expires_at <= now))
    return False
