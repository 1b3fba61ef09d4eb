"""Accounts are made, and take direct messages or not. How old one is stands in its id, as with Discord."""

from datetime import timedelta
from itertools import count

from simulator.happenings import PersonChanged
from simulator.local_discord import LocalDiscord
from simulator.snowflakes import first_id_at
from simulator.state.entities import User
from simulator.state.world import World


def create(discord: LocalDiscord, username: str | None, global_name: str | None, age: timedelta) -> User:
    """Make an account as old as said, with some name if none is given. It is in no guild yet."""
    world = discord.world
    oldest = first_id_at(discord.clock.now() - age)
    user_id = next(each for each in count(oldest) if each not in world.users)
    user = User(user_id, username or _some_name(world), global_name)
    world.users[user.id] = user
    return user


def is_taken(world: World, username: str, *, but_for: int | None = None) -> bool:
    """Tell whether somebody is called so already; `but_for` does not count."""
    return any(each.username == username and each.id != but_for for each in world.users.values())


def _some_name(world: World) -> str:
    taken = {each.username for each in world.users.values()}
    return next(name for number in count(1) if (name := f"newcomer_{number}") not in taken)


def accept_direct_messages(discord: LocalDiscord, user: User, *, accepts: bool) -> None:
    """Open or close somebody's direct messages. Bots are not told; they find out when they write (50007)."""
    user.accepts_dms = accepts
    discord.tell(PersonChanged(user))
