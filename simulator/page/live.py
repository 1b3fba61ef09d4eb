"""The page's live line: what one person may see of what happens, the moment it happens.

Nothing is kept and nothing is encoded while no page listens. A page gets notes, not copies: what it
is told is looked up when it is sent, so that nobody hears of what they may not see any more, and
several changes of one message are one. A page that does not keep up is let go; it comes back and
asks for everything.
"""

from collections import deque
from typing import TypeAlias

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect

from simulator import happenings
from simulator.control import views
from simulator.happenings import Happening
from simulator.local_discord import LocalDiscord
from simulator.permissions import Permission
from simulator.request import local_discord
from simulator.snowflakes import parse_snowflake
from simulator.state.entities import Message, User
from simulator.wire import JsonObject, encode, iso

PATH = "/_sim/live"
_MOST_NOTES = 512
_NOBODY = 4404
_TOO_SLOW = 1013  # "try again later"
_GOODBYE_SECONDS = 1

_OF_A_GUILD = (
    happenings.MemberJoined,
    happenings.MemberLeft,
    happenings.MemberUpdated,
    happenings.RoleCreated,
    happenings.RoleUpdated,
    happenings.RoleDeleted,
    happenings.RaidChanged,
)
_OF_A_WHOLE_GUILD = (
    happenings.GuildUpdated,
    happenings.BotAdded,
    happenings.BotRemoved,
    happenings.GuildAppeared,
)
_OF_A_CHANNEL = (happenings.ChannelCreated, happenings.ChannelUpdated, happenings.ChannelDeleted)
_OF_A_MESSAGE = (happenings.MessageCreated, happenings.MessageUpdated)
_DIRECTORY: JsonObject = {"type": "directory"}

Note: TypeAlias = Message | happenings.MessagesDeleted | happenings.TypingStarted | JsonObject


async def listen(websocket: WebSocket) -> None:
    """WS /_sim/live?user_id=: frames for one person, until they or the simulator end it."""
    discord = local_discord(websocket)
    await websocket.accept()
    viewer = discord.world.users.get(parse_snowflake(websocket.query_params.get("user_id")) or 0)
    if viewer is None:
        await websocket.close(_NOBODY, "There is nobody with this id.")
        return
    line = Line(discord, viewer)
    stop = discord.bus.listen(line.note)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_gone, websocket, tasks.cancel_scope)
            tasks.start_soon(_until_too_slow, line, tasks.cancel_scope)
            await _send(websocket, line)
            tasks.cancel_scope.cancel()
    finally:
        stop()
    if line.is_too_slow:
        with anyio.move_on_after(_GOODBYE_SECONDS):
            await websocket.close(_TOO_SLOW, "This page did not keep up. Nothing is lost: ask again.")


class Line:
    """What one person is still to be told."""

    def __init__(self, discord: LocalDiscord, viewer: User, most: int = _MOST_NOTES) -> None:
        self._discord = discord
        self._viewer = viewer
        self._most = most
        self._notes: deque[Note] = deque()
        self._news = anyio.Event()
        self._overflow = anyio.Event()

    @property
    def is_too_slow(self) -> bool:
        """Whether more happened than the page could take; it hears nothing more."""
        return self._overflow.is_set()

    def hello(self) -> JsonObject:
        """Write the first frame: from what on the page is told."""
        world = self._discord.world
        now = iso(self._discord.clock.now())
        return {"type": "hello", "epoch": world.epoch, "revision": world.revision, "now": now}

    def note(self, happening: Happening) -> None:
        """Take a note of what happened, if it concerns this person."""
        for note in self._notes_of(happening):
            # Once is enough for what is not sent yet: it is looked up when it is sent.
            if isinstance(note, Message | dict) and any(each is note for each in self._notes):
                continue
            self._notes.append(note)
        if len(self._notes) > self._most:
            self._notes.clear()
            self._overflow.set()
        if self._notes:
            self._news.set()

    async def next_frame(self) -> JsonObject:
        """Wait for something that this person may still see, and write it."""
        while True:
            while not self._notes:
                self._news = anyio.Event()
                await self._news.wait()
            frame = self._frame(self._notes.popleft())
            if frame is not None:
                return frame

    async def overflow(self) -> None:
        """Wait until it is too much."""
        await self._overflow.wait()

    def _notes_of(self, happening: Happening) -> tuple[Note, ...]:
        if self.is_too_slow:
            return ()
        if isinstance(happening, _OF_A_MESSAGE):
            return (
                (happening.message,) if self._discord.world.sees(self._viewer.id, happening.message) else ()
            )
        if isinstance(happening, happenings.TypingStarted) and happening.user_id == self._viewer.id:
            return ()
        if isinstance(happening, happenings.MessagesDeleted | happenings.TypingStarted):
            return (happening,) if self._looks_into(happening.channel_id) else ()
        if isinstance(happening, happenings.TimeAdvanced):
            # What somebody may do depends on it, too: timeouts run out.
            return ({"type": "clock"}, _DIRECTORY)
        return (_DIRECTORY,) if self._concerns(happening) else ()

    def _concerns(self, happening: Happening) -> bool:
        """Tell whether what stands around the messages may be different for this person now."""
        if isinstance(happening, happenings.ApplicationChanged | happenings.PersonChanged):
            return True
        if isinstance(happening, happenings.MemberLeft) and happening.user.id == self._viewer.id:
            return True
        if isinstance(happening, _OF_A_GUILD):
            return self._is_in(happening.guild_id)
        if isinstance(happening, _OF_A_WHOLE_GUILD):
            return self._is_in(happening.guild.id)
        if isinstance(happening, _OF_A_CHANNEL):
            channel = happening.channel
            return self._viewer.id in channel.recipients or self._is_in(channel.guild_id)
        return False

    def _is_in(self, guild_id: int | None) -> bool:
        guild = self._discord.world.guilds.get(guild_id or 0)
        return guild is not None and self._viewer.id in guild.members

    def _looks_into(self, channel_id: int) -> bool:
        channel = self._discord.world.channels.get(channel_id)
        if channel is None:
            return False
        return bool(self._discord.world.may_in(channel, self._viewer.id) & Permission.VIEW_CHANNEL)

    def _frame(self, note: Note) -> JsonObject | None:
        """Write a note as it stands now. None if there is nothing to be seen any more."""
        world = self._discord.world
        if isinstance(note, Message):
            if world.find_message(note.channel_id, note.id) is not note or not world.sees(
                self._viewer.id, note
            ):
                return None
            return {"type": "message", "message": views.message(self._discord, note)}
        if isinstance(note, dict):
            is_clock = note["type"] == "clock"
            return note | {"now": iso(self._discord.clock.now())} if is_clock else note
        if not self._looks_into(note.channel_id):
            return None
        where = {"channel_id": str(note.channel_id)}
        if isinstance(note, happenings.TypingStarted):
            return {"type": "typing", **where, "user_id": str(note.user_id)}
        return {"type": "deleted", **where, "ids": [str(each) for each in note.message_ids]}


async def _send(websocket: WebSocket, line: Line) -> None:
    frame = line.hello()
    while True:
        try:
            await websocket.send_text(encode(frame).decode())
        except WebSocketDisconnect:
            return
        frame = await line.next_frame()


async def _until_gone(websocket: WebSocket, scope: anyio.CancelScope) -> None:
    """End everything when the page goes; what it sends is not read."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass
    scope.cancel()


async def _until_too_slow(line: Line, scope: anyio.CancelScope) -> None:
    await line.overflow()
    scope.cancel()
