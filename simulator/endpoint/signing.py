"""Ed25519 over timestamp and raw body, and the ways to spoil it on purpose. Pure."""

from dataclasses import dataclass, replace
from enum import StrEnum

from nacl.signing import SigningKey


class Tamper(StrEnum):
    """What is changed after signing, so that a bot has something to refuse."""

    SIGNATURE = "signature"
    BODY = "body"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """Exactly what goes over the wire; sending it twice sends the same bytes twice."""

    body: bytes
    timestamp: str
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers that Discord's own requests carry."""
        return {
            "Content-Type": "application/json",
            "User-Agent": "Discord-Interactions/1.0 (+https://discord.com)",
            "X-Signature-Ed25519": self.signature,
            "X-Signature-Timestamp": self.timestamp,
        }


def sign(seed: str, timestamp: int, body: bytes) -> SignedRequest:
    """Sign a body for its way to the bot; `seed` is the key as hex."""
    stamp = str(timestamp)
    signature = SigningKey(bytes.fromhex(seed)).sign(stamp.encode() + body).signature
    return SignedRequest(body=body, timestamp=stamp, signature=signature.hex())


def tampered(request: SignedRequest, tamper: Tamper) -> SignedRequest:
    """Spoil one thing only. A spoilt body is JSON still: only the signature can tell."""
    match tamper:
        case Tamper.SIGNATURE:
            last = "0" if request.signature[-1] != "0" else "1"
            return replace(request, signature=request.signature[:-1] + last)
        case Tamper.TIMESTAMP:
            return replace(request, timestamp=str(int(request.timestamp) + 1))
        case Tamper.BODY:
            return replace(request, body=_one_byte_changed(request.body))


def _one_byte_changed(body: bytes) -> bytes:
    """Change one digit of the first id in the body; one without ids gets a space at its end."""
    before, mark, after = body.partition(b'"id":"')
    if not mark:
        return body + b" "
    return before + mark + (b"1" if after[:1] != b"1" else b"2") + after[1:]
