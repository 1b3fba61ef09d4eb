"""What is sent: signed by the real rule, from distinct members, with distinct ids."""

import json

from nacl.signing import SigningKey

from app.ids import snowflake_time
from benchmarks.commands import MEMBERS, Interactions, Somebody, everybody
from benchmarks.signed import Request, Signer
from interactions.signature import SignatureChecker

NOW = 1_790_000_000
KEY = SigningKey.generate()


def parts(request: Request) -> tuple[str, dict[str, str], bytes]:
    head, _, body = request.to("/interactions").partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert len(body) == int(headers["Content-Length"])
    return first, headers, body


def is_genuine(request: Request) -> bool:
    _, headers, body = parts(request)
    checker = SignatureChecker(KEY.verify_key.encode().hex())
    return checker.is_genuine(body, headers["X-Signature-Ed25519"], headers["X-Signature-Timestamp"], NOW)


class TestARequest:
    request = Signer(KEY.encode().hex(), NOW).request(Interactions(NOW * 1000).about(Somebody(7)))

    def test_is_posted_where_the_server_expects_it(self) -> None:
        assert parts(self.request)[0] == "POST /interactions HTTP/1.1"

    def test_is_genuine(self) -> None:
        assert is_genuine(self.request)

    def test_can_be_forged_in_the_signature_alone(self) -> None:
        forged = self.request.forged()

        assert not is_genuine(forged)
        assert parts(forged)[2] == parts(self.request)[2]
        assert len(parts(forged)[1]["X-Signature-Ed25519"]) == 128


class TestInteractions:
    def test_have_ids_of_their_own_made_now(self) -> None:
        interactions = Interactions(NOW * 1000)
        ids = {int(json.loads(interactions.about(member))["id"]) for member in everybody()[:100]}

        assert len(ids) == 100
        assert all(abs(snowflake_time(each).timestamp() - NOW) < 1 for each in ids)

    def test_come_from_thousands_of_distinct_members(self) -> None:
        assert len({member.user_id for member in everybody()}) == MEMBERS == 5000

    def test_are_of_the_size_discord_sends(self) -> None:
        assert 1700 < len(Interactions(NOW * 1000).about(Somebody(7))) < 2100

    def test_send_bytes_to_somebody_who_is_there(self) -> None:
        body = Interactions(NOW * 1000).send(Somebody(1), Somebody(2), 5)

        data = json.loads(body)["data"]
        (send,) = data["options"]
        assert [option["value"] for option in send["options"]] == [str(Somebody(2).user_id), 5]
        assert (
            set(data["resolved"]["users"]) == set(data["resolved"]["members"]) == {str(Somebody(2).user_id)}
        )
