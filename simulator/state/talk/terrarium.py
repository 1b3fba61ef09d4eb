"""The small guild next door, where the bot is not."""

from simulator.state.talk.lines import Conversation, Said

_WILHELMINA = "wilhelmina_featherstonehaugh_iii"

TERRARIUM = (
    Conversation(
        "lounge",
        2200,
        (
            Said(0, "ada", "The new moss has arrived. It is the size of a coin and cost as much as lunch."),
            Said(3, _WILHELMINA, "One does not put a price on moss."),
            Said(1, "kwame", "The shop does."),
        ),
    ),
    Conversation(
        "lounge",
        760,
        (
            Said(0, "fatima.z", "Condensation on the glass every morning. Too wet?", "wet"),
            Said(
                4,
                "ada",
                "If it is gone by noon, it is just right. If you can write your name in it, open the lid.",
                answers="wet",
            ),
            Said(2, "fatima.z", "I can write my *full* name in it."),
            Said(1, "jun_w", "I can lend you a sensor. it may water something"),
        ),
    ),
    Conversation(
        "pictures",
        130,
        (
            Said(
                0,
                "jun_w",
                "Gary, this morning, supervising.",
                "gary",
                picture="gary.png",
                description="A drawing in large pixels: a green frog with big eyes on a stone.",
            ),
            Said(2, "kwame", "Gary has never looked more employed.", answers="gary"),
            Said(
                3,
                "ada",
                "Should we get a bot here that reminds us to feed him? I have the rights to invite one.",
            ),
        ),
    ),
)
