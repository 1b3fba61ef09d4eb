"""Gathers the facts and asks the policy."""

from app.access.policy import Action, Deny, Target, may
from app.database.tx import Tx
from app.errors import NotAllowedError
from app.guilds.domain import Actor


async def require(tx: Tx, actor: Actor, action: Action, target: Target | None = None) -> None:
    """Return if the actor may do this.

    Raises:
        NotAllowedError: with the sentence that says what is missing.
    """
    del tx  # access levels are read with it, once there are any
    answer = may(actor, action, target)
    if isinstance(answer, Deny):
        raise NotAllowedError(answer.reason, **answer.facts)
