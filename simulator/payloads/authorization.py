"""What a person's token may read, as Discord writes it."""

from simulator.payloads import entities
from simulator.state.entities import Application, Guild, User
from simulator.state.grants import Token
from simulator.wire import JsonObject, iso


def authorization(token: Token, *, application: Application, bot: User, user: User | None) -> JsonObject:
    """Write what a token stands for; the user only where it may be known."""
    payload: JsonObject = {
        "application": {
            "id": str(application.id),
            "name": application.name,
            "icon": None,
            "description": application.description,
            "type": None,
            "bot": entities.user(bot),
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": application.public_key,
            "flags": 0,
            "flags_new": "0",
        },
        "scopes": list(token.authorization.scopes),
        "expires": iso(token.expires_at),
    }
    if user is not None:
        payload["user"] = entities.user(user)
    return payload


def person(account: User, *, with_email: bool) -> JsonObject:
    """Write the person that a token belongs to. Addresses are made up: nobody here has a mailbox."""
    payload = entities.own_user(account) | {"premium_type": 0}
    for private in ("email", "verified"):
        del payload[private]
    if with_email:
        payload |= {"email": f"{account.username}@example.com", "verified": True}
    return payload


def my_guild(guild: Guild, *, user_id: int, permissions: int, with_counts: bool) -> JsonObject:
    """Write a guild as a list of one's own guilds has it."""
    payload: JsonObject = {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": guild.owner_id == user_id,
        "permissions": str(int(permissions)),
        "features": list(guild.features),
    }
    if with_counts:
        people = sum(not member.user.bot for member in guild.members.values())
        payload |= {"approximate_member_count": len(guild.members), "approximate_presence_count": people}
    return payload
