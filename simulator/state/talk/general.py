"""#general: the guild's kitchen table."""

from simulator.state.talk.lines import Conversation, Said

_WILHELMINA = "wilhelmina_featherstonehaugh_iii"

GENERAL = (
    Conversation(
        "general",
        2790,
        (
            Said(
                0,
                "tomasz.z",
                "The build is green again. It was a missing comma. It is always a missing comma.",
            ),
            Said(2, "kwame", "And yet we keep hiring commas."),
            Said(1, "siobhan", "Kwame has been saving that one since March."),
            Said(3, _WILHELMINA, "I should like it noted that I was not the comma."),
            Said(1, "jun_w", "noted 🌱"),
        ),
    ),
    Conversation(
        "general",
        2410,
        (
            Said(
                0,
                "ada",
                "Small thing that made my week: `git commit --fixup` and then `git rebase --autosquash`. "
                "My history looks like I knew what I was doing.",
                "fixup",
            ),
            Said(2, "mateo.f", "Wait, you *don't*?", answers="fixup"),
            Said(1, "ada", "Nobody does. Some of us have autosquash."),
            Said(
                4,
                "tomasz.z",
                "For whoever is new to it:\n"
                "```sh\ngit commit --fixup=a1b2c3d\ngit rebase -i --autosquash main\n```"
                "Not on a branch that others pull from. Please. I have seen things.",
            ),
            Said(
                3,
                "linh.ng",
                "The page on rewriting history is good: https://git-scm.com/book/en/v2/Git-Tools-Rewriting-History",
            ),
            Said(2, "fatima.z", "Bookmarked, thank you."),
        ),
    ),
    Conversation(
        "general",
        1985,
        (
            Said(0, "leilani.k", "What is everybody learning at the moment? One line each, no shame."),
            Said(1, "jun_w", "soldering. my fingers are learning it the hard way"),
            Said(2, "fatima.z", "Balanced trees, for the exam on Thursday. They balance. I do not."),
            Said(1, "mateo.f", "How to read other people's code without rewriting it in my head."),
            Said(2, _WILHELMINA, "JavaScript, at seventy-one. My grandson says I type too politely."),
            Said(1, "kwame", "Rust. The compiler and I have agreed to see a counsellor."),
            Said(2, "siobhan", "SQL window functions. I am never writing a self-join again."),
            Said(1, "ada", "CSS grid. Fourth time. This time it stays in."),
            Said(
                1,
                "leilani.k",
                "This is my favourite thread of the month. @wilhelmina_featherstonehaugh_iii please never "
                "stop typing politely.",
            ),
            Said(2, _WILHELMINA, "I would not dream of it. Kind regards, W."),
        ),
    ),
    Conversation(
        "general",
        1500,
        (
            Said(
                0, "diego_builds", "live in ten minutes, building a platformer from scratch, come say hi 🎮"
            ),
            Said(1, "kwame", "Nice. Once is fine here, and there is #showcase for the result."),
            Said(3, "diego_builds", "deal"),
            Said(40, "jun_w", "I watched a bit. The jump physics were suspiciously good."),
            Said(
                2,
                "diego_builds",
                "stole them from a blog post about coyote time. best rabbit hole of my life",
            ),
            Said(1, "mateo.f", "Coyote time?"),
            Said(
                2,
                "diego_builds",
                "you may still jump for a few frames *after* you ran off the ledge. players never notice, "
                "they just feel less cheated",
            ),
            Said(1, "ada", "So, a grace period. Somebody tell my electricity company."),
        ),
    ),
    Conversation(
        "general",
        1105,
        (
            Said(0, "noah.bergstrom", "Hi! I am new here. I know what a variable is, and that is about it."),
            Said(
                1,
                "siobhan",
                "Welcome, Noah. That is one more than I knew on my first day. What brought you here?",
            ),
            Said(
                3,
                "noah.bergstrom",
                'My sister\'s bakery. She counts flour in a notebook, and I said "surely a computer can". '
                "So here I am.",
                "bakery",
            ),
            Said(
                1, "linh.ng", "That is the best kind of first project: somebody needs it.", answers="bakery"
            ),
            Said(1, "ada", "And somebody will complain about it, lovingly, at breakfast."),
            Said(
                2,
                "priya",
                "Welcome. Study groups start on Monday, there is a beginners' one. Bring the flour.",
            ),
            Said(1, "noah.bergstrom", "There will be cinnamon buns."),
            Said(1, "kwame", "@noah.bergstrom you have been promoted."),
        ),
    ),
    Conversation(
        "general",
        640,
        (
            Said(0, "mateo.f", "Is it normal to be *this* nervous before a first pull request?", "nervous"),
            Said(1, "ada", "Yes. Mine was a typo fix, and I reread it eleven times.", answers="nervous"),
            Said(
                2,
                "linh.ng",
                "A trick: write the description for somebody who has just come back from holiday. "
                "What was wrong, what you did, how you know it works.",
                edited=1,
            ),
            Said(
                1, "tomasz.z", "And keep it small. I review forty lines in a minute, and four hundred never."
            ),
            Said(4, "mateo.f", "It is twelve lines, and four of them are the test."),
            Said(1, "tomasz.z", "Marry it."),
            Said(3, "ada", "Send me the link when it is up, I will have a look with my tea."),
        ),
    ),
    Conversation(
        "general",
        310,
        (
            Said(
                0,
                "kwame",
                "Riddle: I have keys but no locks, space but no room, and you can enter but not leave.",
            ),
            Said(1, "jun_w", "vim"),
            Said(1, "kwame", "It was *keyboard*, but I accept vim."),
            Said(2, "fatima.z", "The answer is in the spoiler for those who are still trying: ||:q!||"),
            Said(1, "siobhan", "Fatima wins."),
        ),
    ),
    Conversation(
        "general",
        64,
        (
            Said(0, "siobhan", "Welcome, everybody. Say what you are building this week."),
            Said(
                12,
                "jun_w",
                "A bot that waters my plants. It waters the *wrong* plant, but it waters.",
                "plants",
            ),
            Said(5, "ada", "@jun_w that is one bug from done. Show us in #help?", answers="plants"),
            Said(
                3,
                "noah.bergstrom",
                "A flour counter. It counts down correctly now. Below zero, too, which flour cannot.",
            ),
            Said(
                2,
                "siobhan",
                "Negative flour is called dough debt. Put an `if` in front, and ask in #help if it bites.",
            ),
            Said(
                21,
                _WILHELMINA,
                "I finally understand closures. It took three tutorials and a long walk.",
                "closures",
            ),
            Said(
                4, "linh.ng", "The long walk does most of the work. What made it click?", answers="closures"
            ),
            Said(
                3,
                _WILHELMINA,
                "That the function takes its luggage along. I had been imagining it travelled light.",
            ),
            Said(
                8,
                "mateo.f",
                "My first pull request was merged. Thank you for the review, @ada.",
                "merged",
            ),
            Said(1, "ada", "Twelve lines, one test, no drama. Well done.", answers="merged"),
            Said(1, "kwame", "Frame it. I still have mine, it deletes a semicolon."),
            Said(2, "fatima.z", "مبروك! Congratulations, Mateo."),
        ),
    ),
)
