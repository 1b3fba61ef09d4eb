"""Who the demo's application is: made once, kept beside its data, known to simulator and platform."""

import os
from base64 import b64encode
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Final

import msgspec
from nacl.signing import SigningKey

APPLICATION_ID: Final = 973269719459037313
"""Any id would do; a fixed one keeps links and registrations the same from start to start."""


_DOTS: Final = 2
"""Between the three parts of a bot token."""


class Identity(msgspec.Struct, frozen=True):
    """The credentials Discord would have given out."""

    application_id: int
    signing_key: str
    bot_token: str

    @property
    def public_key(self) -> str:
        """What the platform checks signatures with."""
        return SigningKey(bytes.fromhex(self.signing_key)).verify_key.encode().hex()


def load_identity(home: Path) -> Identity:
    """Read the identity kept in `home`, making it at the first start. Only its owner can read the file."""
    path = home / "demo.json"
    if path.exists():
        identity = msgspec.json.decode(path.read_bytes(), type=Identity)
        if identity.bot_token.count(".") == _DOTS:
            return identity
        path.unlink()  # of a version whose tokens no gateway client takes; nothing else knows it
    identity = Identity(APPLICATION_ID, token_hex(32), _bot_token())
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode(identity))
    return identity


def _bot_token() -> str:
    """Make a token in Discord's form: clients read the bot's id from its first part."""
    return f"{b64encode(str(APPLICATION_ID).encode()).decode()}.{token_urlsafe(4)}.{token_urlsafe(28)}"
