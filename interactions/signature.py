"""Is this from Discord? Checked before anything is parsed or asked."""

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

MAX_AGE = 300
"""Seconds a timestamp may lie in the past or future. Discord states no limit; older is a replay."""

_SIGNATURE_LENGTH = 128  # hexadecimal digits of 64 bytes
_TIMESTAMP_LENGTH = 11  # seconds of the year 5138; longer ones are not worth reading


class SignatureChecker:
    """Checks Discord's Ed25519 signature over timestamp and raw body."""

    def __init__(self, public_key: str) -> None:
        self._key = bytes(VerifyKey(bytes.fromhex(public_key)))

    def is_genuine(self, body: bytes, signature: str, timestamp: str, now: float) -> bool:
        """Tell whether Discord signed this within the last five minutes.

        Args:
            body: The raw body, exactly as received.
            signature: `X-Signature-Ed25519`, 128 hexadecimal digits.
            timestamp: `X-Signature-Timestamp`, seconds since 1970.
            now: The present, in seconds since 1970.

        Every defect of form is simply not genuine; nothing raises.
        """
        if len(signature) != _SIGNATURE_LENGTH:
            return False
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIMESTAMP_LENGTH):
            return False
        if abs(now - int(timestamp)) > MAX_AGE:
            return False
        try:
            crypto_sign_open(bytes.fromhex(signature) + timestamp.encode() + body, self._key)
        except (BadSignatureError, ValueError):
            return False
        return True
