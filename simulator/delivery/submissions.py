"""Somebody submits a modal that the bot has opened before them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from simulator.deeds.messages import Upload, keep_uploads
from simulator.delivery import replies
from simulator.delivery.client import problem_with_fields
from simulator.delivery.exchange import NOT_SPOILT, Outcome, Spoiling, exchange
from simulator.delivery.presses import choosable_in, named_by
from simulator.delivery.refusals import RefusedError, Why
from simulator.delivery.scenes import Place, scene_of
from simulator.local_discord import LocalDiscord
from simulator.payloads import interactions, modals
from simulator.payloads.interactions import InteractionType
from simulator.payloads.resolved import resolved
from simulator.state.entities import Attachment, Interaction, InteractionMetadata
from simulator.state.pending import OpenModal
from simulator.wire import JsonObject

Value: TypeAlias = str | bool | list[str] | list[Upload] | None


@dataclass(frozen=True, slots=True)
class Submission:
    """What was filled in, by custom id. `checked` as the client would."""

    modal: OpenModal
    fields: Mapping[str, Value]
    checked: bool = True
    spoiling: Spoiling = NOT_SPOILT


def modal_named(discord: LocalDiscord, custom_id: str, user_id: int | None) -> OpenModal:
    """Find an open modal. Raises `RefusedError` when none is open (any more)."""
    modal = discord.interactions.find_modal(custom_id, user_id, discord.clock.now())
    if modal is None:
        whom = "" if user_id is None else " for this person"
        raise RefusedError(Why.NOT_NOW, f"No modal with the custom_id {custom_id!r} is open{whom}.")
    return modal


async def submit(discord: LocalDiscord, submission: Submission) -> Outcome:
    """Send a modal's interaction and carry out what the bot answers. It stays open if nothing comes.

    Raises:
        RefusedError: before anything is sent, for what Discord's client would not let the person do.
    """
    world, opened_by = discord.world, submission.modal.opened_by
    channel = world.channels.get(opened_by.channel_id)
    user = world.users.get(opened_by.user_id)
    if channel is None or user is None:
        raise RefusedError(Why.NOT_NOW, "The channel of this modal is gone.")
    scene = scene_of(discord, Place(channel, user, opened_by.locale))
    modal = submission.modal.data
    if submission.checked:
        problem = problem_with_fields(modal, submission.fields, choosable_in(scene))
        if problem is not None:
            raise RefusedError(Why.DOES_NOT_FIT, problem)
    started = _open(discord, submission.modal)
    values, files = _kept(discord, submission.fields)
    data: JsonObject = {
        "custom_id": modal["custom_id"],
        "components": modals.submitted(modal, values),
    }
    named = replace(named_by(_selected(modal, values)), attachments=files)
    if found := resolved(scene, named):
        data["resolved"] = found
    payload = interactions.interaction(scene, started, data, replies.source_of(discord, started))
    outcome = await exchange(discord, started, payload, submission.spoiling)
    if started.callback is not None:
        discord.interactions.close_modal(submission.modal)
    return outcome


def _open(discord: LocalDiscord, modal: OpenModal) -> Interaction:
    """Start the interaction; it belongs to the message that led to the modal, if one did."""
    opened_by = modal.opened_by
    started = discord.world.open_interaction(
        interaction_type=int(InteractionType.MODAL_SUBMIT),
        name=modal.data["custom_id"],
        guild_id=opened_by.guild_id,
        channel_id=opened_by.channel_id,
        user_id=opened_by.user_id,
        source_id=opened_by.source_id,
        locale=opened_by.locale,
    )
    started.metadata = InteractionMetadata(
        started.id, started.type, started.user_id, started.name, triggering=replies.metadata_of(opened_by)
    )
    return started


def _kept(
    discord: LocalDiscord, fields: Mapping[str, Value]
) -> tuple[dict[str, object], tuple[Attachment, ...]]:
    """Keep the files that were put in; in their place stand their ids."""
    values: dict[str, object] = {}
    files: list[Attachment] = []
    for custom_id, value in fields.items():
        uploads = [each for each in value if isinstance(each, Upload)] if isinstance(value, list) else []
        if uploads:
            kept = keep_uploads(discord, uploads, ephemeral=True)
            files += kept
            values[custom_id] = [str(each.id) for each in kept]
        else:
            values[custom_id] = value
    return values, tuple(files)


def _selected(modal: JsonObject, values: Mapping[str, object]) -> list[tuple[int, list[str]]]:
    selected = []
    for custom_id, component in modals.fields(modal).items():
        chosen = values.get(custom_id)
        if isinstance(chosen, list):
            selected.append((component["type"], chosen))
    return selected
