"""Invites are found however they are written, and what is no invite is not."""

import pytest
from pydantic import ValidationError

from app.automod.text import Form
from app.automod.triggers.invite_links import TRIGGER, InviteLinks
from tests.support.trying import said, tried


@pytest.mark.parametrize(
    "text",
    [
        "discord.gg/abc",
        "https://discord.com/invite/abc",
        "http://www.DISCORDAPP.COM/invite/abc",
        "ptb.discord.com/invite/abc?event=1",
        "discord.com/api/v10/invites/abc",
        "discord://-/invite/abc",
        "discord . gg / abc",
        "discord\u2024gg\u2215abc",
        "d\u0456sc\u043erd.gg/abc",
        "\uff44\uff49\uff53\uff43\uff4f\uff52\uff44\uff0e\uff47\uff47\uff0f\uff41\uff42\uff43",
        "discord%2Egg/abc",
        "d%69scord.gg%2Fabc",
        "disc%256frd.gg/abc",
        "[my cats](https://discord.gg/abc)",
        "<https://discord.gg/abc>",
        "https://user@discord.gg/abc",
        "||discord||.gg/abc",
        "discord(.)gg/abc",
        "discord[dot]gg/abc",
        "discord dot gg/abc",
        "discord,gg/abc",
        "https:\\\\discord.gg\\abc",
        "discord.gg:443/abc",
        "discord.gg./abc",
        "discord.gg//abc",
        "discord.gg/invite/abc",
        "hxxps://discord.gg/abc",
        "dsc.gg/abc",
        "https://www.invite.gg/abc",
        "discord.me/abc",
        "dis\u200bcord.gg/abc",
        "\u202ecba/gg.drocsid",
        "join .gg/abc",
        "d i s c o r d . g g / a b c",
        "discord\n.gg/\nabc",
    ],
)
def test_an_invite_is_found(text: str) -> None:
    match = tried(TRIGGER, text)
    assert match is not None
    assert match.facts["code"] == "abc"
    assert said(match) == "an invite to another server (\u201cabc\u201d)"
    assert match.form is (Form.SQUEEZED if " s c " in text else Form.FOLDED)


@pytest.mark.parametrize(
    "text",
    [
        "discord.gg",
        "notdiscord.gg/abc",
        "x.gg/abc",
        "notdsc.gg/abc",
        "discord.gg.example.com/abc",
        "discord.com/channels/1/2",
        "discord.com/invite",
        "I like discord, gg / wp",
        "discord is good. gg",
        "100% of us, 20%ab",
    ],
)
def test_what_is_no_invite_is_not_found(text: str) -> None:
    assert tried(TRIGGER, text) is None


def test_listed_invites_may_be_posted_and_others_beside_them_may_not() -> None:
    allowed = ("https://discord.gg/Own1", "own2", "discord.com/invite/own3?event=1")
    assert (
        tried(TRIGGER, "discord.gg/Own1 discord.com/invite/OWN2 discord.gg/own3", allowed_codes=allowed)
        is None
    )
    match = tried(TRIGGER, "discord.gg/Own1 discord.gg/other", allowed_codes=allowed)
    assert match is not None
    assert (match.facts["code"], match.what) == ("other", "discord.gg/other")


def test_a_code_is_kept_as_a_code() -> None:
    assert InviteLinks(allowed_codes=("https://discord.gg/My-Cats/",)).allowed_codes == ("My-Cats",)
    with pytest.raises(ValidationError):
        InviteLinks(allowed_codes=("my cats",))
