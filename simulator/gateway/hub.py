"""All gateway sessions of one Discord: who is connected, who may resume, and who is told what."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.gateway import members
from simulator.gateway.acts import Act, Close, Drop, Invalidate, Reconnect, Zombie
from simulator.gateway.admission import admit, check_token
from simulator.gateway.intents import Intent
from simulator.gateway.limits import SessionStarts, StartLimit
from simulator.gateway.news import News, encoded
from simulator.gateway.opcodes import ENDS_THE_SESSION, CloseCode, RefusedError
from simulator.gateway.reading import Identify, RequestMembers, Resume
from simulator.gateway.ready import guild_create, guilds_of, ready
from simulator.gateway.rules import Source
from simulator.gateway.session import Session, Told
from simulator.happenings import Happening
from simulator.payloads.messages import MessageWriter
from simulator.state.world import World
from simulator.wire import JsonObject

_KEPT = timedelta(minutes=3)
"""How long a session that has lost its connection can be resumed, by this Discord's time."""
_MOST_LEFT = 64
"""Sessions without a connection that are kept at most."""


class Link(Protocol):
    """A session's connection, as the hub sees it. No method waits."""

    def join(self, session: Session, seq: int) -> None:
        """Take a session, of which the client has everything up to event number `seq`."""

    def wake(self) -> None:
        """Send what the session has to tell."""

    def suffer(self, act: Act) -> None:
        """Undergo what is done on purpose."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An event that is about to be sent to a connected session."""

    session_id: str
    shard_id: int
    seq: int
    event: str


BeforeDispatch: TypeAlias = Callable[[Dispatch], Act | None]


class Hub:
    """Sessions by id, their connections, and what both are told.

    `before_dispatch` is asked before each event that goes to a connected session. What it answers is done
    to the connection first; the event is remembered all the same, so that a resumed session gets it.
    `connections_changed` is called when a session got a connection or lost it.
    """

    def __init__(self, config: SimulatorConfig, clock: Clock, world: World, messages: MessageWriter) -> None:
        self._config = config
        self._clock = clock
        self._world = world
        self._source = Source(world, messages, clock.now)
        self._sessions: dict[str, Session] = {}
        self._links: dict[str, Link] = {}
        self._starts = SessionStarts(config.session_starts)
        self.before_dispatch: BeforeDispatch | None = None
        self.connections_changed: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        """The gateway's address."""
        scheme, _, rest = self._config.public_url.rstrip("/").partition("://")
        return f"{'wss' if scheme == 'https' else 'ws'}://{rest}/gateway"

    @property
    def connected(self) -> int:
        """How many sessions have a connection now."""
        return len(self._links)

    def starts(self) -> StartLimit:
        """Tell how many sessions may still begin today."""
        return self._starts.state(self._clock.now())

    # --- what happens --------------------------------------------------------------------------------

    def hear(self, happening: Happening) -> None:
        """Tell a happening to every session that hears such things. Nothing is written if there is none."""
        if not self._sessions:
            return
        self._forget_old()
        news = News.of(happening, self._source)
        if news is None:
            return
        for session in tuple(self._sessions.values()):
            told = news.told_to(session.ears)
            if told is not None:
                self._tell(session, told)

    def _tell(self, session: Session, told: Told) -> None:
        seq = session.record(told)
        link = self._links.get(session.id)
        if link is None:
            return
        if self.before_dispatch is not None:
            act = self.before_dispatch(Dispatch(session.id, session.ears.shard_id, seq, told.name))
            if act is not None:
                link.suffer(act)
        link.wake()

    # --- sessions ------------------------------------------------------------------------------------

    def begin(self, identify: Identify, link: Link) -> bool:
        """Begin a session: READY, then its guilds. False if Discord would say that it is invalid.

        Raises:
            RefusedError: when it must not begin. With no session left for today every one ends, too.
        """
        ears = admit(
            identify,
            token=self._config.bot_token,
            disallowed_intents=self._world.application.disallowed_intents,
            required_shards=self._config.required_shards,
        )
        now = self._clock.now()
        if not self._starts.take(now):
            for each in tuple(self._links.values()):
                each.suffer(Close(CloseCode.AUTHENTICATION_FAILED))
            self._sessions.clear()
            self._links.clear()
            self.connections_changed()
            raise RefusedError(CloseCode.AUTHENTICATION_FAILED)
        if self._starts.is_too_soon(now) and self._config.identify_pace:
            return False
        self._forget_old()
        session = Session(secrets.token_hex(16), ears)
        self._sessions[session.id] = session
        self._links[session.id] = link
        link.join(session, 0)
        self._write(session, "READY", ready(self._world, ears, session.id, self.url))
        if ears.intents & Intent.GUILDS:
            for guild in guilds_of(self._world, ears):
                self._write(session, "GUILD_CREATE", guild_create(self._world, guild, ears))
        self.connections_changed()
        return True

    def resume(self, resume: Resume, link: Link) -> bool:
        """Give a session its new connection. False if it is unknown, or too much of it is forgotten.

        Raises:
            RefusedError: 4004 for another token, 4007 for an event that was never told.
        """
        check_token(resume.token, self._config.bot_token)
        self._forget_old()
        session = self._sessions.get(resume.session_id)
        if session is None:
            return False
        if not 0 <= resume.seq <= session.seq:
            self.end(session)
            raise RefusedError(CloseCode.INVALID_SEQ)
        if not session.remembers_since(resume.seq):
            self.end(session)
            return False
        before = self._links.get(session.id)
        if before is not None:
            before.suffer(Drop())
        self._links[session.id] = link
        session.left_at = None
        link.join(session, resume.seq)
        self.connections_changed()
        return True

    def leave(self, session: Session, link: Link, code: int) -> None:
        """Take a connection from its session, which can be resumed unless the close code says otherwise."""
        if self._links.get(session.id) is not link:
            return
        del self._links[session.id]
        session.left_at = self._clock.now()
        if code in ENDS_THE_SESSION:
            self.end(session)
        self.connections_changed()

    def end(self, session: Session) -> None:
        """End a session for good; its connection, if it has one, is without."""
        self._sessions.pop(session.id, None)
        if self._links.pop(session.id, None) is not None:
            self.connections_changed()

    def tell_members(self, session: Session, request: RequestMembers) -> None:
        """Answer a request for members of a guild that the bot is in."""
        guild = self._world.guilds.get(request.guild_id)
        if guild is None or self._source.bot_id not in guild.members or not session.ears.in_shard(guild.id):
            return
        for chunk in members.chunks(guild, request, session.ears.intents):
            self._tell(session, Told("GUILD_MEMBERS_CHUNK", encoded(chunk)))

    def _write(self, session: Session, name: str, payload: JsonObject) -> None:
        self._tell(session, Told(name, encoded(payload)))

    def _forget_old(self) -> None:
        if len(self._sessions) == len(self._links):
            return
        now = self._clock.now()
        left = sorted((each.left_at, each.id) for each in self._sessions.values() if each.left_at is not None)
        for place, (left_at, session_id) in enumerate(left):
            if now - left_at >= _KEPT or place < len(left) - _MOST_LEFT:
                del self._sessions[session_id]

    # --- faults --------------------------------------------------------------------------------------

    def act(self, act: Act, shard_id: int | None = None) -> int:
        """Do something to the connections of all sessions, or of one shard's; tells to how many."""
        links = list(self._connected(shard_id))
        for link in links:
            link.suffer(act)
        return len(links)

    def drop(self, shard_id: int | None = None) -> int:
        """Cut TCP connections."""
        return self.act(Drop(), shard_id)

    def zombie(self, shard_id: int | None = None) -> int:
        """Stop answering and sending, and keep the sockets."""
        return self.act(Zombie(), shard_id)

    def reconnect(self, shard_id: int | None = None) -> int:
        """Ask clients to come back and resume (opcode 7)."""
        return self.act(Reconnect(), shard_id)

    def invalidate(self, shard_id: int | None = None, *, resumable: bool = False) -> int:
        """Declare sessions invalid (opcode 9)."""
        return self.act(Invalidate(resumable), shard_id)

    def close(self, code: int, shard_id: int | None = None) -> int:
        """Close connections with a code."""
        return self.act(Close(code), shard_id)

    def _connected(self, shard_id: int | None) -> Iterator[Link]:
        for session_id, link in self._links.items():
            if shard_id is None or self._sessions[session_id].ears.shard_id == shard_id:
                yield link
