"""What a person does with the bot: read, call, write. Every answer is JSON."""

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import JSONResponse

from simulator.control import bodies, outcomes
from simulator.control import interaction_bodies as asked
from simulator.control.errors import ControlError
from simulator.control.writing import uploads_of
from simulator.delivery import invocations, presses, submissions
from simulator.delivery.invocations import Invocation
from simulator.delivery.presses import Press
from simulator.delivery.refusals import RefusedError
from simulator.delivery.submissions import Submission
from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake

_BAD_REQUEST = 400


async def run_command(request: Request) -> JSONResponse:
    """POST /_sim/commands: somebody invokes a slash command."""
    discord = local_discord(request)
    body = await bodies.read(request, asked.CommandBody)
    invocation = Invocation(
        place=asked.place_named(discord, body),
        name=_command_name(body.name),
        options=body.options,
        uploads={name: uploads_of([each])[0] for name, each in body.attachments.items()},
        spoiling=body.spoiling,
    )
    with _refusals():
        outcome = await invocations.invoke(discord, invocation)
    return JSONResponse(outcomes.told(discord, outcome))


async def autocomplete(request: Request) -> JSONResponse:
    """POST /_sim/autocomplete: somebody types where the bot offers choices."""
    discord = local_discord(request)
    body = await bodies.read(request, asked.AutocompleteBody)
    invocation = Invocation(
        place=asked.place_named(discord, body),
        name=_command_name(body.name),
        options=body.options,
        spoiling=body.spoiling,
    )
    with _refusals():
        outcome = await invocations.complete(discord, invocation, body.focused)
    return JSONResponse(outcomes.offered(discord, outcome))


async def pick_from_menu(request: Request) -> JSONResponse:
    """POST /_sim/context-menus: somebody picks a command from the menu of a person or message."""
    discord = local_discord(request)
    body = await bodies.read(request, asked.ContextMenuBody)
    place = asked.place_named(discord, body)
    target_id = parse_snowflake(body.target_id)
    if target_id is None:
        raise ControlError(_BAD_REQUEST, f"{body.target_id!r} is not an id.")
    with _refusals():
        outcome = await invocations.pick(discord, place, body.name, target_id, body.spoiling)
    return JSONResponse(outcomes.told(discord, outcome))


async def press_component(request: Request) -> JSONResponse:
    """POST /_sim/components: somebody presses a button or chooses from a select."""
    discord = local_discord(request)
    body = await bodies.read(request, asked.ComponentBody)
    place, message = asked.pressed(discord, body)
    pressed = Press(
        message=message,
        custom_id=body.custom_id,
        values=body.values,
        checked=not body.overrides,
        spoiling=body.spoiling,
    )
    with _refusals():
        outcome = await presses.press(discord, place, pressed)
    return JSONResponse(outcomes.told(discord, outcome))


async def submit_modal(request: Request) -> JSONResponse:
    """POST /_sim/modals: somebody submits what the bot asked for."""
    discord = local_discord(request)
    body = await bodies.read(request, asked.ModalBody)
    user_id = None if body.user_id is None else bodies.user_named(discord.world, body.user_id).id
    fields = asked.filled(body)
    with _refusals():
        modal = submissions.modal_named(discord, body.custom_id, user_id)
        submission = Submission(modal, fields, checked=not body.overrides, spoiling=body.spoiling)
        outcome = await submissions.submit(discord, submission)
    return JSONResponse(outcomes.told(discord, outcome))


def _command_name(name: str) -> str:
    words = name.split()
    if not words:
        raise ControlError(_BAD_REQUEST, "A command has a name, for example 'bytes send'.")
    return " ".join(words)


@contextmanager
def _refusals() -> Iterator[None]:
    """Say in this edge's way what the person's own client would not do."""
    try:
        yield
    except RefusedError as error:
        raise ControlError(error.why, error.sentence) from error
