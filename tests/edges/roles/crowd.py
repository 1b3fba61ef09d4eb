"""A simulated Discord with a guild of very many members, as a process of its own.

`python -m tests.edges.roles.crowd PORT TOKEN MEMBERS`
"""

import sys
from datetime import UTC, datetime
from typing import Final

import uvicorn

from simulator.config import SimulatorConfig
from simulator.main import create_app
from simulator.state import seed
from simulator.state.entities import Member, Role, User

GUILD_ID: Final = seed.GUILD_ID
ROLES: Final = tuple(900_000_000_000_000_000 + number for number in range(4))
FIRST: Final = 1_100_000_000_000_000_000
"""The id of the first of the many; the others follow it one by one."""
LACKS_EVERY: Final = 2_000
"""One of so many has no role."""


def role_of(number: int) -> int:
    """Name the role which the member of this number should have."""
    return ROLES[number % len(ROLES)]


def main() -> None:
    """Serve until killed."""
    port, token, how_many = sys.argv[1:]
    app = create_app(SimulatorConfig(bot_token=token, rate_limits=False, talk=False))
    guild = app.state.local_discord.world.guilds[GUILD_ID]
    for role_id in ROLES:
        guild.roles[role_id] = Role(role_id, f"Squad {role_id}", 1, 0)
    joined_at = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(int(how_many)):
        user = User(FIRST + number, f"member_{number}", None)
        roles = () if number % LACKS_EVERY == 0 else (role_of(number),)
        guild.members[user.id] = Member(user, joined_at, roles)
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error")


if __name__ == "__main__":
    main()
