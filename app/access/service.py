"""Gathers the facts and asks the policy."""

from app.access.policy import Action, Deny, Target, may
from app.errors import NotAllowedError
from app.guilds.domain import Actor


def require(actor: Actor, action: Action, target: Target | None = None) -> None:
    """Return if the actor may do this.

    Raises:
        NotAllowedError: with the sentence that says what is missing.
    """
    answer = may(actor, action, target)
    if isinstance(answer, Deny):
        raise NotAllowedError(answer.reason)
