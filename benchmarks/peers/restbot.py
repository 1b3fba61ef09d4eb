"""hikari's RESTBot as its documentation advises for Linux: speedups and uvloop; one listener, nothing else.

With a fourth argument `as-shipped` it runs as `RESTBot.run` does when it is told nothing: asyncio's own
loop, and the access log on.
"""

import asyncio
import logging
import sys

import hikari
import uvloop


def main(port: str, public_key: str, text: str, how: str = "") -> None:
    """Serve until somebody ends it. With the key given it asks Discord nothing."""
    if how != "as-shipped":
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    bot = hikari.RESTBot("nobody's token", hikari.TokenType.BOT, public_key=public_key, banner=None)
    if how != "as-shipped":
        logging.getLogger("hikari.interaction_server").setLevel(logging.WARNING)  # its access log is at INFO

    async def about(interaction: hikari.CommandInteraction) -> hikari.api.InteractionMessageBuilder:
        builder = interaction.build_response()
        builder.set_content(text)
        builder.set_flags(hikari.MessageFlag.EPHEMERAL)
        builder.set_mentions_everyone(False)
        builder.set_user_mentions(False)
        builder.set_role_mentions(False)
        return builder

    bot.set_listener(hikari.CommandInteraction, about)
    bot.run(host="127.0.0.1", port=int(port), check_for_updates=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
