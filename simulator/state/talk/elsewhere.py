"""The other open channels: what people have made, what they do with the bot, and what was announced."""

from simulator.state.talk.lines import Conversation, Said

_WILHELMINA = "wilhelmina_featherstonehaugh_iii"

ELSEWHERE = (
    Conversation(
        "announcements",
        2960,
        (
            Said(
                0,
                "priya",
                "**Study groups start on Monday.** Three of them: first steps, web, and data structures. "
                "Sign up in #general until <t:+4000m:F>, which is <t:+4000m:R>.",
            ),
        ),
    ),
    Conversation(
        "announcements",
        1640,
        (
            Said(
                0,
                "tomasz.z",
                "There is a new channel, #showcase: for what you have made, however small. "
                "Say what it does, show it, and be kind below the work of others.\n"
                "-# It has a slow mode of 30 seconds. Take your time.",
                edited=6,
            ),
        ),
    ),
    Conversation(
        "announcements",
        350,
        (
            Said(
                0,
                "priya",
                "@&Helper and everybody who answered in #help this month: 214 questions, and 9 out of 10 "
                "were answered within the hour. Thank you.",
            ),
        ),
    ),
    Conversation(
        "showcase",
        1600,
        (
            Said(
                0,
                "jun_w",
                "First! Basil, as my plant bot sees it. The blue part is where the water should have gone.",
                "basil",
                picture="thirsty-basil.png",
                description="A drawing in large pixels: a plant in a brown pot, and a blue drop beside it.",
            ),
            Said(4, "siobhan", "It has *expressions*. I am in love.", answers="basil"),
            Said(2, "kwame", "A drop in the ocean. Or, well, next to it."),
        ),
    ),
    Conversation(
        "showcase",
        1180,
        (
            Said(
                0,
                "fatima.z",
                "Snake, in 140 lines, with a proper game loop this time. The snake may not turn into "
                "itself any more.",
                "snake",
                picture="snake.png",
                description="A screenshot of a snake game: a green snake of nine squares and a red apple.",
            ),
            Said(3, "mateo.f", "That was a feature. I called it *the knot*.", answers="snake"),
            Said(
                2,
                "linh.ng",
                "The way you keep the body in a `deque` is lovely. One push, one pop, no copying.",
            ),
            Said(3, "fatima.z", "That is from you, in #help, about a queue."),
            Said(1, "linh.ng", "Then I have excellent taste."),
        ),
    ),
    Conversation(
        "showcase",
        520,
        (
            Said(
                0,
                _WILHELMINA,
                "My recipe page now finds a cake by what is in the larder. It is called *Larder, She Wrote*. "
                "I am told this is funny.",
                "larder",
            ),
            Said(2, "ada", "It is extremely funny. Does it rank by what is missing least?", answers="larder"),
            Said(
                3,
                _WILHELMINA,
                "It does:\n```js\ncakes.sort((a, b) => missing(a, larder) - missing(b, larder));\n```"
                "One line. I was quite prepared for twenty.",
            ),
            Said(2, "noah.bergstrom", "My sister wants this. She says she will pay in buns."),
            Said(1, _WILHELMINA, "I accept buns."),
        ),
    ),
    Conversation(
        "bot-commands",
        2300,
        (
            Said(0, "mateo.f", "How do I get the bot to do anything?"),
            Said(1, "leilani.k", "Type `/` and it shows you what it knows. It is friendlier than it looks."),
            Said(2, "mateo.f", "It offered me a list. I feel seen."),
        ),
    ),
    Conversation(
        "bot-commands",
        1420,
        (
            Said(
                0,
                "demo_bot",
                "Back after an update. I was away from <t:-3m:t> to <t:-1m:t>, and nothing was lost.",
            ),
            Said(3, "kwame", "It is developing a personality. Who approved this?"),
            Said(1, "tomasz.z", 'I signed off on "more helpful wording". I stand by it.'),
        ),
    ),
    Conversation(
        "bot-commands",
        205,
        (
            Said(0, "noah.bergstrom", "Can I break anything here by trying commands?"),
            Said(
                1,
                "leilani.k",
                "No. That is what the channel is for, and most answers are only for your eyes anyway.",
            ),
            Said(2, "noah.bergstrom", "I will break it *politely*."),
        ),
    ),
)
