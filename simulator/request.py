"""What an edge gets out of a request before it reads anything else."""

from typing import cast

from starlette.requests import HTTPConnection

from simulator.local_discord import LocalDiscord


def local_discord(request: HTTPConnection) -> LocalDiscord:
    """Tell which local Discord this request reached."""
    return cast("LocalDiscord", request.app.state.local_discord)
