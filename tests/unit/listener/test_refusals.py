"""Which close codes are final, and what the operator reads then."""

import hikari
import pytest

from moderation_listener.intents import WANTED, bits, toggles
from moderation_listener.refusals import refusal

FINAL = (4004, 4010, 4011, 4012, 4013, 4014)
PASSING = (1000, 1001, 1006, 4000, 4001, 4002, 4003, 4005, 4007, 4008, 4009)


@pytest.mark.parametrize("code", FINAL)
def test_after_a_final_code_there_is_a_sentence_and_what_to_do(code: int) -> None:
    said = str(refusal(code, ()))
    assert "The listener stopped" in said
    assert code == 4004 or str(code) in said


@pytest.mark.parametrize("code", PASSING)
def test_after_any_other_code_connecting_again_is_allowed(code: int) -> None:
    assert refusal(code, ()) is None


def test_a_wrong_token_names_the_variable() -> None:
    assert "SMARTERDEV_DISCORD_BOT_TOKEN" in str(refusal(4004, ()))


def test_a_disallowed_intent_names_the_switches_in_the_portal() -> None:
    said = str(refusal(4014, toggles()))
    assert "switch on *Server Members Intent* and *Message Content Intent* in the developer portal" in said


class TestIntents:
    def test_are_those_that_are_needed_and_no_other(self) -> None:
        assert bits() == (
            hikari.Intents.GUILDS
            | hikari.Intents.GUILD_MEMBERS
            | hikari.Intents.GUILD_MODERATION
            | hikari.Intents.GUILD_MESSAGES
            | hikari.Intents.MESSAGE_CONTENT
        )

    def test_none_is_privileged_without_its_switch(self) -> None:
        for wanted in WANTED:
            assert wanted.reason
            assert bool(wanted.intent & hikari.Intents.ALL_PRIVILEGED) == (wanted.toggle is not None)
