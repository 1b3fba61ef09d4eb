"""When Discord closes the gateway for good: what it means, and what to do."""

from typing import Final

from app.discord.port import DiscordError


class GatewayRefusedError(DiscordError):
    """Discord does not let us listen, and would not the next time either. We did not connect again."""


NOT_ACCEPTED: Final = (
    "Discord does not accept the bot token. The listener stopped; copy the token anew from the developer "
    "portal (Bot, Reset Token) into SMARTERDEV_DISCORD_BOT_TOKEN and start it again."
)
MISSING: Final = (
    "SMARTERDEV_DISCORD_BOT_TOKEN is missing: without it Discord tells nothing. The listener did not start."
)
UNREADABLE: Final = (
    "SMARTERDEV_DISCORD_BOT_TOKEN is not a bot token (three parts with dots between them). The listener did "
    "not start; copy it anew from the developer portal (Bot, Reset Token)."
)

_OURS: Final = "This is a defect of this version: please report it. The listener stopped."

_SENTENCES: Final = {
    4004: NOT_ACCEPTED,
    4010: f"Discord refuses the number of the shard (close code 4010). {_OURS}",
    4011: "Discord wants more shards than it told us (close code 4011). The listener stopped; start it "
    "again, so that it asks for their number anew.",
    4012: f"Discord no longer speaks this version of its gateway (close code 4012). {_OURS}",
    4013: f"Discord does not know an intent that we asked for (close code 4013). {_OURS}",
    4014: "Discord does not let the bot hear what it asked for (close code 4014). The listener stopped; "
    "{toggles}",
}
"""Discord: after these codes nobody may connect again. After every other it is allowed."""


def refusal(code: int, toggles: tuple[str, ...]) -> GatewayRefusedError | None:
    """Say what a close code means if it is final; None if connecting again is allowed.

    Args:
        code: Discord's close code.
        toggles: The switches in the developer portal that our intents need.
    """
    sentence = _SENTENCES.get(code)
    if sentence is None:
        return None
    names = " and ".join(f"*{toggle}*" for toggle in toggles)
    needed = (
        f"switch on {names} in the developer portal (Bot, Privileged Gateway Intents) and start it again."
        if toggles
        else "it asked for nothing that needs a switch, so ask Discord's support about this application."
    )
    return GatewayRefusedError(sentence.format(toggles=needed))
