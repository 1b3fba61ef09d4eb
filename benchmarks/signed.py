"""Requests signed as Discord signs them, ready to be written to a socket."""

from typing import Final

from nacl.signing import SigningKey

_SIGNATURE_BYTES: Final = 64
_OTHER_DIGIT: Final = {"0": "1"}


class Signer:
    """Signs for one application.

    Args:
        key: The application's private key in hexadecimal.
        timestamp: Seconds since 1970 that every request states; fresh ones only are believed.
    """

    def __init__(self, key: str, timestamp: int) -> None:
        self._key = SigningKey(bytes.fromhex(key))
        self._timestamp = str(timestamp).encode()

    def request(self, body: bytes) -> "Request":
        """Sign one body."""
        signature = self._key.sign(self._timestamp + body)[:_SIGNATURE_BYTES].hex()
        return Request(body, signature, self._timestamp)


class Request:
    """One signed request, whatever server it goes to."""

    __slots__ = ("_body", "_signature", "_timestamp")

    def __init__(self, body: bytes, signature: str, timestamp: bytes) -> None:
        self._body = body
        self._signature = signature
        self._timestamp = timestamp

    def forged(self) -> "Request":
        """Give the same request with a signature of the right form that is wrong in its first digit."""
        first = _OTHER_DIGIT.get(self._signature[0], "0")
        return Request(self._body, first + self._signature[1:], self._timestamp)

    def to(self, path: str) -> bytes:
        """Write it out for a server that expects interactions at `path`."""
        return (
            b"POST %b HTTP/1.1\r\n"
            b"Host: 127.0.0.1\r\n"
            b"User-Agent: Discord-Interactions/1.0 (+https://discord.com)\r\n"
            b"Content-Type: application/json\r\n"
            b"X-Signature-Ed25519: %b\r\n"
            b"X-Signature-Timestamp: %b\r\n"
            b"Content-Length: %d\r\n\r\n%b"
        ) % (path.encode(), self._signature.encode(), self._timestamp, len(self._body), self._body)
