"""What the control API answers about an interaction: as types, and written."""

from typing import Any, NotRequired, TypedDict

from simulator.control import shapes, views
from simulator.delivery.exchange import Outcome
from simulator.local_discord import LocalDiscord
from simulator.wire import JsonObject


class Told(TypedDict):
    """What came of an interaction.

    `message` is what the person sees now: the reply, or the message whose component was used.
    `modal` is what the bot opened; its data goes back with POST /_sim/modals. `problem` says why
    nothing came of it, else it is null. `responses` is there instead of `status`, `elapsed_ms` and
    `response` when the request was repeated.
    """

    interaction_id: str
    status: NotRequired[int]
    elapsed_ms: NotRequired[float]
    response: NotRequired[Any]
    responses: NotRequired[list[shapes.Answer]]
    message: shapes.Message | None
    modal: JsonObject | None
    problem: str | None


class Offered(Told):
    """The same of an autocomplete: the choices as the bot offers them, none if nothing came."""

    choices: list[JsonObject]


def told(discord: LocalDiscord, outcome: Outcome) -> Told:
    """Write what came of an interaction: one answer flat, several as a list."""
    shown = outcome.shown
    written: Told = {
        "interaction_id": str(outcome.interaction.id),
        "message": None if shown.message is None else views.message(discord, shown.message),
        "modal": shown.modal,
        "problem": outcome.problem,
    }
    each = [views.answer(answer) for answer in outcome.answers]
    if len(each) == 1:
        written["status"] = each[0]["status"]
        written["elapsed_ms"] = each[0]["elapsed_ms"]
        written["response"] = each[0]["response"]
    else:
        written["responses"] = each
    return written


def offered(discord: LocalDiscord, outcome: Outcome) -> Offered:
    """Write what came of an autocomplete."""
    return {**told(discord, outcome), "choices": list(outcome.shown.choices or ())}
