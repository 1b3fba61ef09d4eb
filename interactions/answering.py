"""From a decoded interaction to its answer: who asks, what is run, what became of it.

Whatever happens in between, there is a reply: refusals and failures have one, a defect of ours has one,
and what cannot be rendered has one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import msgspec

from app import clock
from app.access.gathering import RankFinder
from app.access.policy import REQUIREMENTS, Requirement
from app.access.service import require
from app.analytics.domain import Invocation
from app.database.tx import Database
from app.discord.reply import Modal, Reply, choices
from app.errors import SmarterDevError, UnavailableError
from app.guilds.domain import Actor, Via, check_feature
from app.ids import new_id, parse_snowflake, snowflake_time
from app.language import Language, language_of
from app.replies.service import TokenBox, Tokens
from interactions import errors, metrics, multipart, parsing, payload
from interactions.command import Control, Form, Menu, Opened
from interactions.context import Context
from interactions.custom_id import CustomId, CustomIds
from interactions.errors import (
    ExpiredError,
    FloodError,
    NotInAServerError,
    NotYoursError,
    OutdatedControlError,
)
from interactions.flood import Flood
from interactions.payload import CommandData, ComponentData, Interaction, ModalData, OptionData
from interactions.receive import DEADLINE, Answer
from interactions.routing import Route, Routes

log = logging.getLogger(__name__)

_LONGEST_PERMISSIONS: Final = 40
"""Digits of permission bits, twice of what Discord uses; `int` raises when there are thousands."""

_LONGEST_LOCALE: Final = 20

_UNKNOWN: Final = "unknown"
OK: Final = "ok"
"""The outcome of what was done; any other is the code of the error that was rendered."""

_encode = msgspec.json.Encoder().encode
_NO_CHOICES: Final = Answer(200, _encode(choices([])))

Recording = Callable[[Invocation], Awaitable[None] | None]
"""Takes note of an invocation, at once or awaited. It does not fail."""


class Answering:
    """Answers interactions with the routes of one table.

    Args:
        routes: Everything there is.
        database: The way to our data.
        control_key: Seals the ids of controls.
        reply_key: Seals the tokens of replies that the worker edits.
        ranks: Finds who stands where.
        record: Takes note of each interaction that was answered.
        flood: Limits what one member can ask for at once.
    """

    def __init__(
        self,
        routes: Routes,
        database: Database,
        *,
        control_key: bytes,
        reply_key: bytes,
        ranks: RankFinder,
        record: Recording | None = None,
        flood: Flood | None = None,
    ) -> None:
        self._routes = routes
        self._database = database
        self._custom_ids = CustomIds(control_key)
        self._tokens = TokenBox(reply_key)
        self._ranks = ranks
        self._record = record
        self._flood = flood or Flood()

    async def answer(
        self,
        interaction: Interaction,
        data: CommandData | ComponentData | ModalData | None,
        now: datetime,
        started: float,
    ) -> Answer:
        """Answer one interaction that is from Discord.

        Never raises, unless it is cancelled itself.

        Args:
            interaction: The interaction.
            data: What it is about.
            now: When it was received.
            started: The same by the monotonic clock. What the first command had to import counts, too.
        """
        run = _Run(language_of(interaction.locale))
        try:
            run.answer = await self._answer(interaction, data, run, now, started + DEADLINE)
        except TimeoutError:
            run.fail(UnavailableError("This took too long. Nothing was booked; please try again."))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # it is this interaction itself that is given up
            run.fail(error)  # it was something that its handler waited for
        except Exception as error:  # noqa: BLE001 - whatever it is, there is a reply
            run.fail(error)
        if interaction.type == payload.AUTOCOMPLETE:
            return run.answer if run.outcome == OK else _NO_CHOICES
        noting = self._account(interaction, run, clock.monotonic() - started)
        if noting is not None:
            await noting
        return run.answer

    async def _answer(
        self,
        interaction: Interaction,
        data: CommandData | ComponentData | ModalData | None,
        run: "_Run",
        now: datetime,
        ends: float,
    ) -> Answer:
        """Run what was asked for and render what it says.

        Raises:
            SmarterDevError: what became of it instead.
            Exception: a defect of ours.
        """
        interaction_id, actor = parse_snowflake(interaction.id), _actor(interaction, now)
        if interaction_id is None or actor is None:
            raise NotInAServerError
        if not self._flood.allows(actor.user_id):
            raise FloodError
        context = run.context = Context(
            interaction_id=interaction_id,
            channel_id=parse_snowflake(interaction.channel_id or ""),
            actor=actor,
            now=now,
            ends=ends,
            locale=interaction.locale[:_LONGEST_LOCALE],
            language=run.language,
            database=self._database,
            custom_ids=self._custom_ids,
            ranks=self._ranks,
            tokens=Tokens(self._tokens, interaction.token),
            routes=self._routes,
            bot_id=parse_snowflake(interaction.application_id),
        )
        match data:
            case CommandData() if interaction.type == payload.APPLICATION_COMMAND:
                route, options = self._routes.command(data)
                _enter(context, run, route)
                answered = await _run_command(context, route, data, options)
            case CommandData():  # that is still being typed
                route, options = self._routes.command(data)
                _enter(context, run, route)
                await _require(context, route)  # not everything that offers values asks a service
                return await _complete(context, route, options)
            case ComponentData():
                custom_id = self._custom_ids.read(actor.guild_id, data.custom_id)
                route = self._routes.control(custom_id.name)
                _enter(context, run, route)
                _check_control(context, route.source, custom_id, len(data.values))
                answered = await route.handler(context, custom_id.row, *data.values)
            case ModalData():
                custom_id = self._custom_ids.read(actor.guild_id, data.custom_id)
                route = self._routes.form(custom_id.name)
                _enter(context, run, route)
                _check_control(context, route.source, custom_id)
                arguments = parsing.parse_fields(route.parameters, data.components, data.resolved)
                answered = await route.handler(context, **arguments)
            case None:
                raise OutdatedControlError
        if isinstance(answered, Modal):
            # Nobody fills in what leads nowhere; a form asks no service, so nobody else has looked.
            await _require(context, route)
        return _render(answered)

    def _account(self, interaction: Interaction, run: "_Run", seconds: float) -> Awaitable[None] | None:
        """Count, log and note what was answered; what is left of noting is to be awaited."""
        metrics.ANSWERED.count(run.name, run.outcome, seconds)
        # What went well is counted and noted already; a line for each would cost a fifth of a command.
        if run.outcome != OK:
            log.info(
                "interaction refused",
                extra={
                    "command": run.name,
                    "outcome": run.outcome,
                    "milliseconds": round(seconds * 1000, 1),
                    "interaction_id": _id(interaction.id),
                    "guild_id": _id(interaction.guild_id),
                },
            )
        if self._record is None or run.context is None:
            return None
        actor, milliseconds = run.context.actor, round(seconds * 1000)
        return self._record(
            Invocation(actor.guild_id, actor.user_id, run.name, run.outcome, milliseconds, run.context.now)
        )


class _Run:
    """What is known so far of one interaction that is being answered."""

    __slots__ = ("answer", "context", "language", "name", "outcome")

    def __init__(self, language: Language) -> None:
        self.language = language
        self.name = _UNKNOWN
        self.outcome = OK
        self.context: Context | None = None
        self.answer = _NO_CHOICES

    def fail(self, error: BaseException) -> None:
        """Answer with what went wrong. What an error of ours says is true only while nothing is committed."""
        committed = self.context is not None and self.context.committed
        if isinstance(error, SmarterDevError) and not committed:
            try:
                self.answer = _render(errors.render(error, self.language))
            except Exception as defect:  # noqa: BLE001 - a refusal that cannot be said is a defect, too
                error = defect
            else:
                self.outcome = error.code
                return
        self.outcome = "error"
        error_id = new_id().hex[-8:]
        log.error("command failed", exc_info=error, extra={"command": self.name, "error_id": error_id})
        self.answer = _render(errors.broken(error_id, self.language, committed=committed))


def _enter(context: Context, run: _Run, route: Route) -> None:
    """Note what is run, and refuse if its feature is known to be off here; services ask again."""
    run.name = route.name
    if route.feature is None:
        return
    guild = context.remembered_guild
    if guild is not None:
        check_feature(guild, route.feature)


async def _require(context: Context, route: Route) -> None:
    """Refuse who may not, or where the feature is off, for what no service has been asked about."""
    action = None if isinstance(route.source, (Control, Form)) else route.source.action
    if action is not None and REQUIREMENTS[action] != Requirement():
        async with context.reading() as tx:
            await require(tx, context.actor, action)
    if route.feature is not None:
        check_feature(await context.guild(), route.feature)


def _run_command(
    context: Context, route: Route, data: CommandData, options: list[OptionData]
) -> Awaitable[Reply | Modal]:
    menu = route.source
    if not isinstance(menu, Menu):
        return route.handler(context, **parsing.parse_options(route.parameters, options, data.resolved))
    if menu.opened_on is Opened.USER:
        return route.handler(context, parsing.parse_target_user(data.target_id, data.resolved))
    return route.handler(context, parsing.parse_target_message(data.target_id, data.resolved))


async def _complete(context: Context, route: Route, options: list[OptionData]) -> Answer:
    """Offer values for the option that is being typed."""
    for option in options:
        if not option.focused:
            continue
        for parameter in route.parameters:
            if parameter.name == option.name and parameter.option.autocomplete is not None:
                offered = await parameter.option.autocomplete(
                    context, str(option.value or "").replace("\0", "")
                )
                return Answer(200, _encode(choices([(each.label, each.value) for each in offered])))
    return _NO_CHOICES


def _check_control(context: Context, control: object, custom_id: CustomId, chosen: int = 0) -> None:
    """Return if this member may use this control now, with so many values chosen.

    Raises:
        NotYoursError, ExpiredError: not this member, not any more.
        OutdatedControlError: it is of another kind than it was.
    """
    if not isinstance(control, (Control, Form)):
        raise OutdatedControlError
    owned = control.owned if isinstance(control, Control) else True
    if owned and custom_id.owner_id != context.actor.user_id:
        raise NotYoursError
    context.row = custom_id.row
    # Both ids are Discord's, and so are both times.
    age = snowflake_time(context.interaction_id) - snowflake_time(custom_id.issued_id)
    if control.lifetime is not None and age > control.lifetime:
        raise ExpiredError
    if isinstance(control, Control) and chosen != control.values:
        raise OutdatedControlError
    # A form that Discord left open because our answer was lost is sent off again: it books once.
    if isinstance(control, Form) or control.once:
        context.once = custom_id.issued_id


def _render(answered: Reply | Modal) -> Answer:
    if isinstance(answered, Reply) and answered.file is not None:
        return Answer(200, *multipart.form(answered.body, answered.file))
    return Answer(200, answered.body)


def _actor(interaction: Interaction, now: datetime) -> Actor | None:
    """Tell who asks in which guild; None for anything but a guild that installed the bot.

    A command can also come from a direct message, or from a guild that knows the bot only through a
    member who installed it for themselves. Then `authorizing_integration_owners` lacks the guild.
    """
    guild_id = parse_snowflake(interaction.guild_id or "")
    installed_in = interaction.authorizing_integration_owners.get("0")
    member = interaction.member
    if (
        guild_id is None
        or member is None
        or installed_in != interaction.guild_id
        or interaction.context not in (None, payload.GUILD_CONTEXT)
    ):
        return None
    user_id = parse_snowflake(member.user.id)
    bits = member.permissions
    readable = bits.isascii() and bits.isdigit() and len(bits) <= _LONGEST_PERMISSIONS
    if user_id is None or not readable:
        return None
    # Whoever is timed out keeps the roles, but what they stand for rests: Discord masks the permissions.
    until = member.communication_disabled_until
    roles = () if until is not None and until > now else member.roles
    try:
        role_ids = frozenset(map(int, roles))
    except ValueError:  # something is no number; Discord sends none such
        role_ids = frozenset(filter(None, map(parse_snowflake, roles)))
    return Actor(guild_id, user_id, member.user.name, int(bits), Via.COMMAND, role_ids)


def _id(text: str | None) -> str | None:
    """Give an id for the log, None for anything else: it could be any text."""
    return None if parse_snowflake(text or "") is None else text
