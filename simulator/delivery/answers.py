"""The bot's first answer to an interaction becomes what people see."""

from collections.abc import Callable, Mapping

from simulator.deeds.messages import Upload
from simulator.delivery import replies
from simulator.delivery.callbacks import Asked, CallbackType, callback_errors
from simulator.delivery.replies import Reply
from simulator.errors import DiscordError, ErrorKind
from simulator.forms import tree
from simulator.forms.message import message_flags
from simulator.local_discord import LocalDiscord
from simulator.payloads import modals
from simulator.payloads.interactions import InteractionType
from simulator.payloads.options import OptionType
from simulator.state.entities import Message, MessageFlag, MessageStatus
from simulator.state.pending import Live, OpenModal, Shown
from simulator.uploads import as_listed
from simulator.wire import JsonObject

_UNSHOWN = "The bot opened something that this simulator cannot show (callback type {})."


def take(
    discord: LocalDiscord, live: Live, callback: object, files: Mapping[int, Upload] | None = None
) -> Shown:
    """Carry out a first answer, with the files that came beside it, by their numbers.

    Raises:
        DiscordError: 40060 for a second answer, 50035 for what Discord would not take, 10008 when the
            message to change is gone. Then nothing has changed, and another answer may come.
    """
    interaction = live.interaction
    if live.shown is not None:
        raise DiscordError(ErrorKind.ALREADY_ACKNOWLEDGED)
    source = replies.source_of(discord, interaction)
    errors = callback_errors(callback, asked_of(live, source))
    if errors or not isinstance(callback, dict):
        raise DiscordError(ErrorKind.INVALID_FORM, errors)
    data = callback.get("data") or {}
    wanted = Reply(data, as_listed(files or {}, data.get("attachments")))
    shown = _ACTS[CallbackType(callback["type"])](discord, live, wanted)
    if shown.message is not None:
        interaction.message_id = shown.message.id
    interaction.callback = callback
    live.shown = shown
    live.answered.set()
    return shown


def asked_of(live: Live, source: Message | None) -> Asked:
    """Tell what an answer has to fit."""
    is_v2 = None if source is None else bool(source.flags & MessageFlag.IS_COMPONENTS_V2)
    focused = None if live.focused is None else OptionType(live.focused)
    return Asked(InteractionType(live.interaction.type), is_v2, focused)


def sentence_of(error: DiscordError) -> str:
    """Tell people why Discord refuses: the first field that is wrong, or the code's own message."""
    return error.message if error.errors is None else tree.sentence(error.errors)


def _reply(discord: LocalDiscord, live: Live, wanted: Reply) -> Shown:
    return Shown(replies.write(discord, live.interaction, wanted))


def _defer(discord: LocalDiscord, live: Live, wanted: Reply) -> Shown:
    return Shown(replies.begin_thinking(discord, live.interaction, message_flags(wanted.data)))


def _defer_update(discord: LocalDiscord, live: Live, _wanted: Reply) -> Shown:
    return Shown(_source(discord, live))


def _update(discord: LocalDiscord, live: Live, wanted: Reply) -> Shown:
    return Shown(replies.edit(discord, _source(discord, live), wanted))


def _choices(_discord: LocalDiscord, _live: Live, wanted: Reply) -> Shown:
    choices: list[JsonObject] = wanted.data["choices"]
    return Shown(choices=tuple({"name": each["name"], "value": each["value"]} for each in choices))


def _modal(discord: LocalDiscord, live: Live, wanted: Reply) -> Shown:
    modal = modals.numbered(wanted.data)
    discord.interactions.open_modal(OpenModal(modal, live.interaction))
    return Shown(modal=modal)


def _unshown(discord: LocalDiscord, live: Live, _wanted: Reply) -> Shown:
    words = _UNSHOWN.format(int(CallbackType.LAUNCH_ACTIVITY))
    return Shown(replies.note(discord, live.interaction, MessageStatus.NOTE, words))


def _source(discord: LocalDiscord, live: Live) -> Message:
    source = replies.source_of(discord, live.interaction)
    if source is None:
        raise DiscordError(ErrorKind.UNKNOWN_MESSAGE)
    return source


_ACTS: dict[CallbackType, Callable[[LocalDiscord, Live, Reply], Shown]] = {
    CallbackType.CHANNEL_MESSAGE_WITH_SOURCE: _reply,
    CallbackType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE: _defer,
    CallbackType.DEFERRED_UPDATE_MESSAGE: _defer_update,
    CallbackType.UPDATE_MESSAGE: _update,
    CallbackType.AUTOCOMPLETE_RESULT: _choices,
    CallbackType.MODAL: _modal,
    CallbackType.LAUNCH_ACTIVITY: _unshown,
}
