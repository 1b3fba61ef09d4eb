"""No reply is lost, whatever a handler does or somebody is called."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from app.access.policy import Action
from app.bytes.domain import Member
from app.database.tx import Database
from app.discord.reply import File, Kind, Modal, Reply
from app.errors import InvalidInputError, NotFoundError
from interactions.command import Command, Control, Form, Menu, Opened
from interactions.context import Context
from interactions.controls import button, open_form, select
from interactions.options import Choice, Option, TargetUser
from interactions.routing import Routes
from tests.edges.interactions.outcome import CHOICES, MESSAGE, sealed, with_routes
from tests.support.guilds import member
from tests.support.signed import FakeDiscord, command, is_ephemeral, menu, press, submit, text_of, typing

pytestmark = pytest.mark.anyio

Doing = Callable[[Context], Awaitable[Any]]

LONE = "\ud800"
"""Half a character: JSON can spell it, UTF-8 cannot."""


class OddFact:
    """Something no edge knows how to write."""


async def raise_key_error(_ctx: Context) -> Reply:
    raise KeyError("a defect of ours")


async def raise_group(_ctx: Context) -> Reply:
    raise BaseExceptionGroup("several defects", [KeyError("one"), ValueError("another")])


async def raise_recursion(ctx: Context) -> Reply:
    return await raise_recursion(ctx)


async def raise_assertion(_ctx: Context) -> Reply:
    raise AssertionError


async def wait_for_what_is_given_up(_ctx: Context) -> Reply:
    waited_for = asyncio.ensure_future(asyncio.sleep(60, result=Reply(Kind.DONE, "Done", ())))
    asyncio.get_running_loop().call_soon(waited_for.cancel)
    return await waited_for


async def raise_stop(_ctx: Context) -> Reply:
    raise StopAsyncIteration


async def raise_lone_surrogate(_ctx: Context) -> Reply:
    raise ValueError(LONE)


async def refuse_with_lone_surrogate(_ctx: Context) -> Reply:
    raise NotFoundError("There is no “{name}”.", name=LONE)


async def refuse_with_odd_fact(_ctx: Context) -> Reply:
    raise NotFoundError("There is no “{name}”.", name=OddFact())  # type: ignore[arg-type] # that is the test


async def give_none(_ctx: Context) -> None:
    return None


async def give_text(_ctx: Context) -> str:
    return "done"


async def give_lone_surrogate(_ctx: Context) -> Reply:
    return Reply(Kind.DONE, "Done", (f"for {LONE}",))


async def give_bytes_for_text(_ctx: Context) -> Reply:
    return Reply(Kind.DONE, "Done", (b"done",))  # type: ignore[arg-type] # that is the test


async def give_a_row_with_a_dot(ctx: Context) -> Reply:
    return Reply(Kind.DONE, "Done", (), controls=((button(ctx, PRESSED, "Press", "1.5"),),))


async def give_a_row_too_long(ctx: Context) -> Reply:
    return Reply(Kind.DONE, "Done", (), controls=((button(ctx, PRESSED, "Press", "x" * 90),),))


DEFECTS: list[Doing] = [
    raise_key_error, raise_group, raise_recursion, raise_assertion, wait_for_what_is_given_up,
    raise_stop, raise_lone_surrogate, refuse_with_lone_surrogate, refuse_with_odd_fact,
    give_none, give_text, give_lone_surrogate, give_bytes_for_text,
    give_a_row_with_a_dot, give_a_row_too_long,
]  # fmt: skip


async def press_it(_ctx: Context, _row: str) -> Reply:
    raise KeyError("a defect of ours")


async def choose_it(_ctx: Context, _row: str, _value: str) -> Reply:
    raise KeyError("a defect of ours")


PRESSED = Control("pressed", press_it, None)
CHOSEN = Control("chosen", choose_it, None)


def routes_with(doing: Doing) -> Routes:
    """Have one thing of every kind that does the same."""

    async def complete(ctx: Context, _typed: str) -> list[Choice]:
        return await doing(ctx)  # type: ignore[no-any-return] # a handler of any kind

    async def run(
        ctx: Context, text: Annotated[str | None, Option("Text", autocomplete=complete)] = None
    ) -> Reply:
        del text
        return await doing(ctx)  # type: ignore[no-any-return] # the same

    async def on_control(ctx: Context, _row: str) -> Reply:
        return await doing(ctx)  # type: ignore[no-any-return] # the same

    async def on_menu(ctx: Context, _user: TargetUser) -> Reply:
        return await doing(ctx)  # type: ignore[no-any-return] # the same

    return Routes(
        (Command("do", "Do it", None, run=run, action=Action.USE_HELP),),
        (Menu("Do it", Opened.USER, on_menu, None, Action.USE_HELP),),
        (Control("do", on_control, None),),
        (Form("do", "Do it", run, None),),
    )


@dataclass
class Stage:
    discord: FakeDiscord
    guild_id: int
    ada: Member

    def payloads(self) -> list[dict[str, Any]]:
        custom_id = sealed(self.discord, self.guild_id, "do", self.ada)
        return [
            command(self.guild_id, self.ada, "do"),
            menu(self.guild_id, self.ada, "Do it", member()),
            press(self.guild_id, self.ada, custom_id),
            submit(self.guild_id, self.ada, custom_id, {"text": "x"}),
        ]


class _Keeping(logging.Filter):
    """Keeps what is logged, and lets nothing through."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[logging.LogRecord] = []

    def filter(self, record: logging.LogRecord) -> bool:
        self.kept.append(record)
        return False


@pytest.fixture
def logged() -> Iterator[list[logging.LogRecord]]:
    """What is logged about answers. Not pytest's own: workers cannot tell each other of half characters."""
    logger, keeping = logging.getLogger("interactions.answering"), _Keeping()
    logger.addFilter(keeping)
    yield keeping.kept
    logger.removeFilter(keeping)


@pytest.mark.parametrize("doing", DEFECTS, ids=lambda doing: doing.__name__)
class TestADefect:
    async def test_is_answered_and_found_in_the_log(
        self, database: Database, guild_id: int, logged: list[logging.LogRecord], doing: Doing
    ) -> None:
        stage = Stage(with_routes(database, routes_with(doing)), guild_id, member())
        for payload in stage.payloads():
            logged.clear()
            callback = await stage.discord.deliver(payload)
            assert (callback["type"], is_ephemeral(callback)) == (MESSAGE, True)
            title, sentence, error = text_of(callback).split("\n")
            assert title == "### 🛑 That went wrong"
            assert sentence == "Something broke on our side. Nothing was booked; please try again."
            error_id = error.removeprefix("-# Error ")
            [record] = [each for each in logged if getattr(each, "error_id", None) == error_id]
            assert record.exc_info is not None

    @pytest.mark.usefixtures("logged")
    async def test_while_typing_offers_nothing(self, database: Database, guild_id: int, doing: Doing) -> None:
        discord = with_routes(database, routes_with(doing))
        callback = await discord.deliver(typing(guild_id, member(), "do", "text", "x"))
        assert callback == {"type": CHOICES, "data": {"choices": []}}


class TestAnInteractionThatIsGivenUp:
    async def test_stays_given_up(self, database: Database, guild_id: int) -> None:
        """A server that stops cancels what is still being answered, and waits for it to end."""
        began = asyncio.Event()

        async def wait(_ctx: Context) -> Reply:
            began.set()
            await asyncio.sleep(60)
            raise AssertionError

        stage = Stage(with_routes(database, routes_with(wait)), guild_id, member())
        answering = asyncio.ensure_future(stage.discord.send(stage.payloads()[0]))
        await began.wait()
        answering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await answering


class TestTooMuchForAReply:
    @pytest.mark.parametrize(
        ("title", "lines"),
        [
            pytest.param("Done", ("x" * 10_000,), id="one line"),
            pytest.param("Done", ("x" * 1000,) * 10, id="many lines"),
            pytest.param("Done", ("x",) * 10_000, id="very many lines"),
            pytest.param("Done", ("💠" * 3_998,), id="by characters that count twice elsewhere"),
            pytest.param("x" * 10_000, ("y",), id="the title"),
            pytest.param("x" * 3_994, ("y",), id="the title, just"),
            pytest.param("", (), id="nothing at all"),
            pytest.param("", ("", ""), id="empty lines"),
        ],
    )
    async def test_is_cut_to_what_fits(
        self, database: Database, guild_id: int, title: str, lines: tuple[str, ...]
    ) -> None:
        async def say_it(_ctx: Context) -> Reply:
            return Reply(Kind.DONE, title, lines)

        stage = Stage(with_routes(database, routes_with(say_it)), guild_id, member())
        callback = await stage.discord.deliver(stage.payloads()[0])
        assert "went wrong" not in text_of(callback)
        assert text_of(callback).startswith(f"### ✅ {title[:100]}")
        assert len(text_of(callback)) <= 4000

    async def test_of_a_refusal_is_cut_too(self, database: Database, guild_id: int) -> None:
        async def refuse(_ctx: Context) -> Reply:
            raise InvalidInputError("“{said}” cannot be.", said="*" * 10_000)

        stage = Stage(with_routes(database, routes_with(refuse)), guild_id, member())
        callback = await stage.discord.deliver(stage.payloads()[0])
        assert text_of(callback).startswith("### ⚠️ That does not work\n")

    async def test_of_suggestions_is_cut(self, database: Database, guild_id: int) -> None:
        async def offer(_ctx: Context) -> list[Choice]:
            return [Choice("x" * 1000, f"{number}") for number in range(100)]

        discord = with_routes(database, routes_with(offer))
        callback = await discord.deliver(typing(guild_id, member(), "do", "text", "x"))
        assert len(callback["data"]["choices"]) == 25
        assert {len(choice["name"]) for choice in callback["data"]["choices"]} == {100}


class TestEverythingAReplyCanHave:
    async def test_is_what_discord_takes(self, database: Database, guild_id: int) -> None:
        async def show(ctx: Context) -> Reply:
            options = tuple((f"Option {number}", str(number), "") for number in range(25))
            buttons = tuple(button(ctx, PRESSED, f"{number}", f"{number}") for number in range(5))
            return Reply(
                Kind.INFO, "All", ("of it",), controls=(buttons, select(ctx, CHOSEN, "Choose", options))
            )

        stage = Stage(with_routes(database, routes_with(show)), guild_id, member())
        for payload in stage.payloads():
            assert "went wrong" not in text_of(await stage.discord.deliver(payload))

    async def test_a_form_can_ask_for_everything_it_can_read(self, database: Database, guild_id: int) -> None:
        async def fill(
            _ctx: Context,
            *,
            user: Annotated[TargetUser, Option("Who")],
            short: Annotated[str, Option("Short", max_length=100)],
            long: Annotated[str, Option("Long", max_length=4000)],
            free: Annotated[str | None, Option("Free")] = None,
            number: Annotated[int, Option("Number", minimum=-5, maximum=5)] = 1,
        ) -> Reply:
            return Reply(Kind.DONE, "Filled", (f"{user.user_id} {short} {long} {free} {number}",))

        form = Form("fill", "Fill this in", fill, None)

        async def opening(ctx: Context) -> Modal:
            return open_form(ctx, form, short="before")

        routes = routes_with(opening)
        stage = Stage(
            with_routes(database, Routes(routes.commands, routes.menus, routes.controls, (form,))),
            guild_id,
            member(),
        )
        opened = await stage.discord.deliver(stage.payloads()[0])
        components = [label["component"] for label in opened["data"]["components"]]
        assert components[1]["value"] == "before"
        fields: dict[str, str | Member] = {"user": stage.ada, "short": "a", "long": "b", "number": "3"}
        filled = submit(guild_id, stage.ada, opened["data"]["custom_id"], fields)
        said = text_of(await stage.discord.deliver(filled))
        assert said == f"### ✅ Filled\n{stage.ada.user_id} a b None 3"

    async def test_a_file_comes_with_it(self, database: Database, guild_id: int) -> None:
        content = b'--\r\n{"not": "ours"}\r\n' * 3

        async def show(_ctx: Context) -> Reply:
            file = File("data.json", content, "application/json")
            return Reply(Kind.INFO, "Data", (), file=file)

        stage = Stage(with_routes(database, routes_with(show)), guild_id, member())
        answer = await stage.discord.send(stage.payloads()[0])
        boundary = answer.content_type.partition(b"boundary=")[2]
        head, reply, file, end = answer.body.split(b"--" + boundary)
        assert (head, end) == (b"", b"--\r\n")
        assert (
            json.loads(reply.partition(b"\r\n\r\n")[2])["data"]["attachments"][0]["filename"] == "data.json"
        )
        assert file.partition(b"\r\n\r\n")[2] == content + b"\r\n"


class TestHalfACharacter:
    """Discord never sends one, and what sends one is no Discord we know: it is told that it is unreadable."""

    @pytest.mark.parametrize("half", [r"\ud800", r"a\udfffb", r"\udc00\ud800"])
    @pytest.mark.parametrize("place", ["username", "reason", "custom_id", "typed"])
    async def test_is_answered_and_does_nothing(
        self, discord: FakeDiscord, guild_id: int, place: str, half: str
    ) -> None:
        ada, mark = member(), "HALF"
        payload = {
            "username": command(guild_id, Member(ada.user_id, mark), "bytes daily"),
            "reason": command(guild_id, ada, "bytes send", {"user": member(), "amount": 1, "reason": mark}),
            "custom_id": press(guild_id, ada, mark),
            "typed": typing(guild_id, ada, "help", "command", mark),
        }[place]
        answer = await discord.send(json.dumps(payload).replace(mark, half).encode())
        assert answer.status == 400
        assert answer.body == b""

    async def test_that_is_whole_after_all_is_text_like_any_other(
        self, discord: FakeDiscord, guild_id: int
    ) -> None:
        payload = command(guild_id, member(), "help", {"command": "HALF"})
        body = json.dumps(payload).replace("HALF", r"\ud83d\udca0").encode()
        assert (
            "“💠”"
            in json.loads((await discord.send(body)).body)["data"]["components"][0]["components"][0][
                "content"
            ]
        )
