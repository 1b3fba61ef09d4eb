"""discord.http's Client with one command. What it would ask Discord at its start is told it here instead."""

import logging
import sys
from typing import Any

import discord_http  # type: ignore[import-not-found] # it lives in .venv-bench, mypy in .venv


def main(port: str, public_key: str, text: str) -> None:
    """Serve until somebody ends it."""
    client = discord_http.Client(token="nobody's", sync=False, logging_level=logging.WARNING)  # noqa: S106 - it opens nothing

    async def me() -> Any:  # noqa: ANN401 - the library brings the type, not this environment
        return client.create_application_from_data(
            {
                "id": "973269719459037313",
                "name": "about",
                "verify_key": public_key,
                "interactions_endpoint_url": "https://nowhere.invalid/",  # or it would use the gateway
                "bot": {
                    "id": "973269719459037313",
                    "username": "about",
                    "discriminator": "0",
                    "avatar": None,
                },
            }
        )

    async def fetch_commands(guild_id: int | None = None) -> list[dict[str, Any]]:  # noqa: ARG001 - asked by name
        return []

    client.state.me = me
    client.state.fetch_commands = fetch_commands

    @client.command(name="about", description="What this is")  # type: ignore[untyped-decorator] # as above
    async def about(ctx: discord_http.Context) -> Any:  # noqa: ANN401 - as above
        return ctx.response.send_message(
            content=text, ephemeral=True, allowed_mentions=discord_http.AllowedMentions.none()
        )

    client.start(host="127.0.0.1", port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
