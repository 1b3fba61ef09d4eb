"""Whom a message really pings: what its words name, what its author may ping, what it allows. Pure."""

import re
from collections.abc import Iterable, Mapping

from simulator.forms.tree import as_integer
from simulator.payloads.component_types import TEXT_DISPLAY
from simulator.payloads.components import every_component
from simulator.permissions import Permission
from simulator.state.entities import Mentions, Role
from simulator.wire import JsonObject

_USER = re.compile(r"<@!?(\d{1,20})>")  # noqa: TID251 - ours, not a user's
_ROLE = re.compile(r"<@&(\d{1,20})>")  # noqa: TID251 - the same
_EVERYONE = re.compile(r"@(everyone|here)\b")  # noqa: TID251 - the same

PARSE_EVERYTHING = ("users", "roles", "everyone")
"""What an ordinary message pings when it says nothing about it."""
PARSE_USERS = ("users",)
"""What a reply to an interaction pings when it says nothing about it."""


def mentions_in(
    words: str,
    allowed_mentions: JsonObject | None,
    *,
    default_parse: Iterable[str],
    permissions: int,
    roles: Mapping[int, Role],
    replied_to: int | None = None,
) -> Mentions:
    """Tell whom a message pings.

    Args:
        words: Content and text displays; embeds never ping.
        allowed_mentions: As sent; None if it was left out.
        default_parse: What counts when it was left out.
        permissions: The author's, in the channel.
        roles: The guild's, by id. A role is pinged if it is mentionable, or by who may mention everyone.
        replied_to: The author of the message that this one replies to.
    """
    allowed = allowed_mentions
    if allowed is None:
        allowed = {"parse": list(default_parse), "replied_user": True}
    parse: list[str] = allowed.get("parse") or []
    users = _chosen(_USER, words, "users", parse, allowed)
    if replied_to is not None and allowed.get("replied_user", False) and replied_to not in users:
        users = [*users, replied_to]
    may_mention_all = bool(permissions & Permission.MENTION_EVERYONE)
    named = _chosen(_ROLE, words, "roles", parse, allowed)
    return Mentions(
        users=tuple(users),
        roles=tuple(each for each in named if each in roles and (may_mention_all or roles[each].mentionable)),
        everyone="everyone" in parse and may_mention_all and bool(_EVERYONE.search(words)),
    )


def pinging_words(content: str, components: list[JsonObject]) -> str:
    """Tell the words of a message that can ping: its content and its text displays."""
    displays = (
        each.get("content") for each in every_component(components) if each.get("type") == TEXT_DISPLAY
    )
    return "\n".join([content, *(each for each in displays if isinstance(each, str))])


def _chosen(
    pattern: re.Pattern[str], words: str, kind: str, parse: list[str], allowed: JsonObject
) -> list[int]:
    """Tell the ids that the words name, as far as this kind is allowed; each once, in order."""
    named = dict.fromkeys(int(each) for each in pattern.findall(words))
    if kind in parse:
        return list(named)
    listed = {as_integer(each) for each in allowed.get(kind) or ()}
    return [each for each in named if each in listed]
