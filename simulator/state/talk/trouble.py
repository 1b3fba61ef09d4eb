"""What strangers wrote who did not mean well, and what members wrote that only looks like it.

Staff has left all of it where it is, so that there is something to try rules on.
"""

from typing import Final

from simulator.state.talk.lines import Conversation, Said

INVITES, SCAM, DUPLICATES, MASKED = "growth.guild", "nitro.drops", "easy.income.now", "support.desk.team"
"""Who they were, by username."""

RAID_MINUTES_AGO: Final = 455
_INVITE = "Grow your server with us, 4000 members in a week: https://discord.gg/gr0wth-guild"
_RICH = "Earn 500 a day from your sofa. Write to me, places are few."
_RAID = "This server is dead, everybody is moving to discord.gg/the-new-place now"
_WILHELMINA = "wilhelmina_featherstonehaugh_iii"

SPAM = (
    Conversation("general", 1420, (Said(0, INVITES, _INVITE),)),
    Conversation("help", 1419.8, (Said(0, INVITES, _INVITE),)),
    Conversation("showcase", 1419.5, (Said(0, INVITES, _INVITE),)),
    Conversation(
        "general",
        1350,
        # Letters that look like others are what this is about: in "free nitro" both "e" are Cyrillic.
        (
            Said(
                0,
                SCAM,
                "Discord is giving away fr\u0435\u0435 nitro until midnight: https://dlscord-gifts.example/claim",
            ),
        ),
    ),
    Conversation("general", 560, tuple(Said(0.05 * (place > 0), DUPLICATES, _RICH) for place in range(6))),
    Conversation(
        "help",
        1010,
        (
            Said(
                0,
                MASKED,
                "Your account was reported and will be closed today. Appeal here: "
                "[https://discord.com/appeal](https://discord-appeals.example/login)",
            ),
        ),
    ),
)
"""Links, scams and repetitions of accounts that were banned for it."""


def raid(usernames: tuple[str, ...], friendly: tuple[str, ...]) -> Conversation:
    """Write down what those wrote who came all at once, and the two among them who meant it."""
    loud = tuple(Said(0.05, username, _RAID) for username in usernames)
    hello, me_too = friendly
    return Conversation(
        "general",
        RAID_MINUTES_AGO - 0.5,
        (
            *loud[:4],
            Said(0.1, hello, "Hi! Priya told our evening class about this place. Is this a bad moment?"),
            *loud[4:],
            Said(0.3, me_too, "hello from the evening class, too 👋"),
        ),
    )


INNOCENT = (
    Conversation(
        "general",
        935,
        (
            Said(
                0,
                _WILHELMINA,
                "A form has refused my address again. I was born in Scunthorpe; it is not my fault.",
            ),
            Said(1, "kwame", "Every naive filter meets Scunthorpe one day. And Penistone, poor Penistone."),
            Said(
                2,
                "mateo.f",
                "I was killed in the game five times before I found out that the boss has a hitbox.",
            ),
            Said(1, "jun_w", "that boss killed me so often that we are friends now"),
            Said(
                2,
                "siobhan",
                "For your friends: our own invite is https://discord.gg/beginner-codes, it does not run out.",
            ),
            Said(1, "jun_w", "🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱🎉🌱"),
        ),
    ),
    Conversation(
        "general",
        800,
        (
            Said(
                0,
                "siobhan",
                "Language evening! One sentence in a language you are learning. No translations.",
            ),
            Said(2, "ada", "Die Katze hat den Schlüssel verschluckt, und jetzt öffnet sie jede Tür."),
            Said(1, "linh.ng", "Кошка съела ключ, и теперь она открывает любую дверь."),
            Said(1, "mateo.f", "İyi akşamlar! Işığı kapatın, kedi uyuyor. Kızılırmak'ta şimdi sıcak mı?"),  # noqa: RUF001 - Turkish
            Said(1, "fatima.z", "القطة نائمة، من فضلكم لا توقظوها."),
            Said(2, "kwame", "I am learning C: `free(nitro);` and it says it was freed twice."),
            Said(1, _WILHELMINA, "Free nitrogen is 78 % of the air, dear, and nobody has to claim it."),
        ),
    ),
    Conversation(
        "general",
        585,
        (
            Said(0, "noah.bergstrom", "Where do I find the notes of the workshop?"),
            Said(1, "ada", "Here: [the notes](https://git-scm.com/book/en/v2), chapter 2."),
            Said(1, "noah.bergstrom", "Thank you!"),
            Said(0.4, "mateo.f", "Thank you!"),
            Said(0.3, "fatima.z", "Thank you!"),
            Said(0.2, "jun_w", "Thank you!"),
        ),
    ),
    Conversation(
        "help",
        700,
        (
            Said(
                0,
                "noah.bergstrom",
                "Windows says `python.exe` is no command, and then it opens a shop. Is that a scam?",
            ),
            Said(
                2,
                "linh.ng",
                "No, an honest shop. Take it from https://www.python.org/downloads/ and tick *Add to PATH*.",
            ),
            Said(3, "noah.bergstrom", "It says hello now. HELLO WORLD, even."),
        ),
    ),
)
"""What naive rules would hit: names of towns, games, other alphabets, the own invite, a flood of emojis."""

STAFF = (
    Conversation(
        "staff",
        1335,
        (
            Said(
                0,
                "kwame",
                "Two accounts banned: one with invites in three channels, one with a gift that is none. Look "
                "closely, its letters are not all Latin.",
            ),
            Said(
                2, "tomasz.z", "I would not have seen it. I have left what they wrote, to try our rules on."
            ),
        ),
    ),
    Conversation(
        "staff",
        440,
        (
            Said(
                0,
                "leilani.k",
                "Twenty accounts in a minute, nine of them with the same sentence. I have kicked all twenty.",
                "raid",
            ),
            Said(2, "priya", "Two of them are from my evening class. They only said hello.", answers="raid"),
            Said(
                2,
                "leilani.k",
                "Oh no. I will write to them. Next time I want an alert first, and a button to take it back.",
            ),
        ),
    ),
)
"""What the staff says about it."""
