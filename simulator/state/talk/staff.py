"""What helpers and moderators talk about, and what the moderators' log holds."""

from simulator.state.talk.lines import Conversation, Said

STAFF = (
    Conversation(
        "staff",
        2540,
        (
            Said(
                0,
                "leilani.k",
                "Rota for the weekend: I have Saturday, @kwame has Sunday. Swap if you need to.",
            ),
            Said(2, "kwame", "Sunday is fine. My plans are soup."),
        ),
    ),
    Conversation(
        "staff",
        2082,
        (
            Said(
                0,
                "kwame",
                'Banned an account that posted the same "claim your airdrop" link in three channels within '
                "a minute. Deleted its messages.",
                "airdrop",
            ),
            Said(
                2,
                "linh.ng",
                "Thank you. Two people had asked me whether it was real. It was not clicked, I asked.",
                answers="airdrop",
            ),
            Said(
                3,
                "tomasz.z",
                "I have added a rule to AutoMod for that phrase. It only blocks, it times nobody out.",
            ),
            Said(
                1,
                "leilani.k",
                "Good. Blocking is enough: the next one may be somebody whose account was stolen.",
            ),
        ),
    ),
    Conversation(
        "staff",
        1660,
        (
            Said(
                0,
                "tomasz.z",
                "#showcase is open. Slow mode of 30 s to begin with, we can take it off when it is calm.",
            ),
            Said(4, "siobhan", "It was calm for one minute. Then Jun posted the basil."),
        ),
    ),
    Conversation(
        "staff",
        236,
        (
            Said(
                0,
                "leilani.k",
                "Diego has posted his stream link for the sixth time today, the last two after I had asked "
                "him not to. I have timed him out until <t:+540m:t> and written to him.",
                "diego",
            ),
            Said(3, "kwame", "Fair. He means well, he is just louder than the room.", answers="diego"),
            Said(
                2,
                "leilani.k",
                'He has answered: "you are right, sorry, I got carried away". I will lift it early if he '
                "asks.",
            ),
            Said(1, "siobhan", "That went about as well as these things can."),
        ),
    ),
    Conversation(
        "staff",
        181,
        (
            Said(0, "leilani.k", "Noah joined yesterday. Could a helper say hello?", "noah"),
            Said(1, "siobhan", "Already on it.", answers="noah"),
            Said(2, "linh.ng", "He has shipped a flour counter since. I think we will keep him."),
        ),
    ),
)

_RED, _AMBER, _GREY = 0xC0392B, 0xC2702E, 0x6B7280
"""Sanctions, warnings, and what only has to be known."""

MOD_LOG = (
    Conversation(
        "mod-log",
        2083,
        (
            Said(
                0,
                "demo_bot",
                "",
                embed={
                    "title": "Account banned",
                    "description": "**claim.airdrop_now** was banned by @kwame <t:0m:R>.",
                    "color": _RED,
                    "fields": [
                        {"name": "Reason", "value": "The same scam link in three channels within a minute"},
                        {"name": "Messages deleted", "value": "3", "inline": True},
                    ],
                    "footer": {"text": "Case 41"},
                },
            ),
            Said(
                6,
                "demo_bot",
                "",
                embed={
                    "title": "AutoMod rule added",
                    "description": "@tomasz.z added **Airdrop scams**: it blocks, and times nobody out.",
                    "color": _GREY,
                },
            ),
        ),
    ),
    Conversation(
        "mod-log",
        1302,
        (
            Said(
                0,
                "demo_bot",
                "",
                embed={
                    "title": "Message deleted",
                    "description": "@kwame deleted a message of @diego_builds in #general.",
                    "color": _GREY,
                    "fields": [{"name": "Reason", "value": "The same link again"}],
                },
            ),
        ),
    ),
    Conversation(
        "mod-log",
        237,
        (
            Said(
                0,
                "demo_bot",
                "",
                embed={
                    "title": "Member timed out",
                    "description": "@leilani.k timed @diego_builds out until <t:+541m:t>, <t:+541m:R>.",
                    "color": _AMBER,
                    "fields": [
                        {
                            "name": "Reason",
                            "value": "The same stream link, six times, after being asked twice",
                        }
                    ],
                    "footer": {"text": "Case 42"},
                },
            ),
        ),
    ),
)
