"""What a handler is given: who asks, when, in which language, and the way to the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from app import clock
from app.access.gathering import RankFinder, Standing
from app.access.ranks import RankFacts
from app.components import service as components_service
from app.database.tx import Database, Tx
from app.discord.port import Discord
from app.errors import OutcomeUnknownError, UnavailableError
from app.guilds import service as guilds_service
from app.guilds.domain import Actor, GuildRecord
from app.ids import snowflake_time
from app.language import Language
from app.replies import service as replies_service
from app.replies.service import Tokens
from app.wording import Fact
from interactions.custom_id import CustomId, CustomIds
from interactions.deadline import Deadline
from interactions.errors import AlreadyUsedError

if TYPE_CHECKING:
    from interactions.options import TargetUser  # whose handlers are given a context
    from interactions.routing import Routes  # which is made of what is run with a context


class Context:
    """One interaction that is being answered.

    Attributes:
        interaction_id: Discord's id of it.
        actor: Who asks, in which guild.
        now: When.
        locale: Discord's name of the member's language.
        language: The member's.
        routes: Everything there is to run.
        committed: Whether something it did stands already.
        once: The interaction whose one-time controls this uses up, None if it uses none.
        row: What the control or form that was used is about; "" for a command.
        bot_id: Who the bot itself is; None if Discord did not say.
        channel_id: Where it was used; None if Discord did not say.
    """

    __slots__ = (
        "_custom_ids",
        "_database",
        "_ends",
        "_ranks",
        "_tokens",
        "actor",
        "bot_id",
        "channel_id",
        "committed",
        "interaction_id",
        "language",
        "locale",
        "now",
        "once",
        "routes",
        "row",
    )

    def __init__(
        self,
        *,
        interaction_id: int,
        actor: Actor,
        now: datetime,
        ends: float,
        locale: str,
        language: Language,
        database: Database,
        custom_ids: CustomIds,
        ranks: RankFinder,
        tokens: Tokens,
        routes: "Routes",
        bot_id: int | None = None,
        channel_id: int | None = None,
    ) -> None:
        self.interaction_id = interaction_id
        self.actor = actor
        self.now = now
        self.locale = locale
        self.language = language
        self.routes = routes
        self.committed = False
        self.once: int | None = None
        self.row = ""
        self.bot_id = bot_id
        self.channel_id = channel_id
        self._ends = ends
        self._database = database
        self._custom_ids = custom_ids
        self._ranks = ranks
        self._tokens = tokens

    @property
    def idempotency_key(self) -> str:
        """The key under which this interaction writes."""
        return f"interaction:{self.interaction_id}"

    @property
    def made_at(self) -> datetime:
        """When the member did it, by Discord's clock: the same however often this interaction comes."""
        return snowflake_time(self.interaction_id)

    def deadline(self) -> Deadline:
        """Limit what may take long to what is left of the time for an answer.

        Transactions limit themselves: what a handler waits for is the database. Whoever waits for anything
        else does so within this.
        """
        return Deadline(self._ends - clock.monotonic())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """Open the one SQL transaction of this interaction.

        Raises:
            AlreadyUsedError: a control of the same reply, that works a single time, was used before.
        """
        with self.deadline():
            async with self._database.transaction() as tx:
                if self.once is not None and not await components_service.use_once(
                    tx, self.actor.guild_id, self.once, self.interaction_id
                ):
                    raise AlreadyUsedError
                yield tx
            self.committed = True

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Tx]:
        """Open a SQL transaction that only looks. What is refused after it can still say "nothing was done".

        The use cases it is given to may make the guild known, as everything does; nothing else.
        """
        try:
            with self.deadline():
                async with self._database.transaction() as tx:
                    yield tx
        except OutcomeUnknownError as error:  # of a look there is no outcome
            raise UnavailableError(
                "The database does not answer. Nothing was changed; please try again."
            ) from error

    async def ranks(self, user: "TargetUser") -> RankFacts | None:
        """Tell how the member, the bot and somebody else stand to each other; None if nobody knows now."""
        return await self._ranks.find(self.actor, Standing(user.user_id, user.role_ids, user.is_member))

    async def ranks_of(self, user_id: int) -> RankFacts | None:
        """Tell the same of somebody of whom only the id is known."""
        return await self._ranks.find(self.actor, Standing(user_id))

    async def discord(self) -> Discord:
        """Give the way to Discord, for what ranks do not tell.

        Raises:
            DiscordError: there is none.
        """
        return await self._ranks.discord()

    async def keep_reply(self, tx: Tx) -> None:
        """Keep what the worker needs to edit this reply, for as long as Discord lets it."""
        await replies_service.keep_token(tx, self._tokens, self.interaction_id, self.locale)

    @property
    def remembered_guild(self) -> GuildRecord | None:
        """The guild as this process remembers it, None if it does not."""
        return guilds_service.remembered_guild(self._database.cache, self.actor.guild_id)

    async def guild(self) -> GuildRecord:
        """Give the guild; asks the database only if this process does not remember it."""
        known = self.remembered_guild
        if known is None:
            async with self.reading() as tx:
                known = await guilds_service.enter_guild(tx, self.actor.guild_id)
        return known

    def say(self, message: str, /, **facts: Fact) -> str:
        """Write a message in the member's language; see `Language.say`."""
        return self.language.say(message, **facts)

    def custom_id(self, name: str, row: str = "") -> str:
        """Write the id of a control or form that this member is about to be shown."""
        return self._custom_ids.write(
            self.actor.guild_id, CustomId(name, row, self.actor.user_id, self.interaction_id)
        )
