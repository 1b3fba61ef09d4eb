"""One declaration yields what Discord is told and how options are read."""

from typing import Annotated, Any

import pytest

from app.access.policy import Action
from app.discord.reply import Kind, Reply
from app.errors import InvalidInputError
from app.features import BYTES
from interactions import parsing
from interactions.command import Command, Control, Form, Group, Menu, Opened, Subcommand
from interactions.context import Context
from interactions.errors import OutdatedControlError
from interactions.options import (
    OPTION_TYPES,
    Attachment,
    Choice,
    Option,
    TargetChannel,
    TargetMessage,
    TargetUser,
)
from interactions.parsing import parse_fields, parse_options
from interactions.payload import (
    CommandData,
    OptionData,
    Resolved,
    ResolvedAttachment,
    ResolvedChannel,
    ResolvedMember,
    ResolvedMessage,
    SubmittedField,
    User,
)
from interactions.registration import differs, payloads
from interactions.routing import Routes
from tests.oracles.discord_schema import assert_commands


async def offer(ctx: Context, typed: str) -> list[Choice]:
    return []


async def handler(
    ctx: Context,
    who: Annotated[TargetUser, Option("Who")],
    amount: Annotated[int, Option("How many", minimum=1, maximum=10)],
    note: Annotated[str | None, Option("Beside it", max_length=20)] = None,
) -> Reply:
    return Reply(Kind.BYTES, "Done", ())


async def everything(
    ctx: Context,
    file: Annotated[Attachment | None, Option("A file")] = None,
    sure: Annotated[bool, Option("Sure")] = False,  # noqa: FBT002 - options are named
    size: Annotated[str, Option("Size", choices=(Choice("Small", "s"), Choice("Large", "l")))] = "s",
    colour: Annotated[str | None, Option("Colour", autocomplete=offer)] = None,
    *,
    place: Annotated[TargetChannel | None, Option("Where")] = None,
) -> Reply:
    return Reply(Kind.BYTES, "Done", ())


async def on_user(ctx: Context, user: TargetUser) -> Reply:
    return Reply(Kind.BYTES, "Done", ())


async def on_control(ctx: Context, row: str) -> Reply:
    return Reply(Kind.BYTES, "Done", ())


GIVE = Subcommand("give", "Give something", handler, Action.USE_BYTES)
ALL = Subcommand("all", "Everything an option can be", everything, Action.USE_BYTES)
SHOP = Command("shop", "A shop", BYTES, (GIVE, Group("more", "More of it", (ALL,))))
BARE = Command("bare", "Run as it is", None, run=everything, action=Action.USE_HELP)
STAFF = Command("staff", "For staff", BYTES, (Subcommand("mint", "Mint", handler, Action.GRANT_BYTES),))
MENU = Menu("Look at", Opened.USER, on_user, BYTES, Action.USE_BYTES)
CONTROL = Control("turn", on_control, BYTES)
FORM = Form("give", "Give something", handler, BYTES)
ROUTES = Routes((SHOP, BARE, STAFF), (MENU,), (CONTROL,), (FORM,))
RESOLVED = Resolved(
    users={"7": User("7", "ada"), "8": User("8", "bot", bot=True)},
    members={"7": ResolvedMember()},
    messages={"5": ResolvedMessage("5", "6", User("7", "ada"), "hello")},
    channels={"6": ResolvedChannel("6", "1024"), "7": ResolvedChannel("7", "9" * 99)},
    attachments={"9": ResolvedAttachment("9", "proof.png", 10, "https://cdn.example/proof.png")},
)


def given(**values: Any) -> list[OptionData]:
    return [OptionData(name, 3, value) for name, value in values.items()]


def filled(**values: str | list[str] | None) -> list[SubmittedField]:
    return [
        SubmittedField(component=SubmittedField(name, values=value))
        if isinstance(value, list)
        else SubmittedField(component=SubmittedField(name, value))
        for name, value in values.items()
    ]


class TestRegistration:
    def test_says_what_the_annotations_say(self) -> None:
        registered = payloads(ROUTES)
        assert_commands(registered)
        give, more = registered[0]["options"]
        plain: dict[str, Any] = {"description_localizations": {}}
        assert give["options"] == [
            {"type": 6, "name": "who", "description": "Who", "required": True, **plain},
            {"type": 4, "name": "amount", "description": "How many", "required": True,
             "min_value": 1, "max_value": 10, **plain},
            {"type": 3, "name": "note", "description": "Beside it", "required": False, "max_length": 20,
             **plain},
        ]  # fmt: skip
        assert more["type"] == 2
        assert [each["name"] for each in more["options"]] == ["all"]
        file, sure, size, colour, place = more["options"][0]["options"]
        assert (file["type"], sure["type"], place["type"]) == (11, 5, 7)
        assert place["channel_types"] == [0, 2, 5, 10, 11, 12, 13]
        assert [choice["value"] for choice in size["choices"]] == ["s", "l"]
        assert colour["autocomplete"] is True

    def test_shows_a_command_to_those_its_action_is_for(self) -> None:
        audiences = {each["name"]: each["default_member_permissions"] for each in payloads(ROUTES)}
        assert audiences == {"shop": None, "bare": None, "staff": str(1 << 5), "Look at": None}

    def test_differs_whenever_a_menu_or_a_choice_does(self) -> None:
        wanted = payloads(ROUTES)
        assert not differs(wanted, payloads(ROUTES)[::-1])
        assert differs(wanted, payloads(Routes((SHOP, BARE, STAFF))))
        other = payloads(ROUTES)
        other[1]["options"][2]["choices"][0]["value"] = "xs"
        assert differs(wanted, other)

    def test_an_option_without_a_description_does_not_compile(self) -> None:
        async def bare(ctx: Context, amount: int) -> Reply:
            raise AssertionError

        with pytest.raises(TypeError, match="'amount' needs Annotated"):
            Subcommand("bare", "Bare", bare, Action.USE_BYTES)

    def test_an_option_of_an_unknown_type_does_not_compile(self) -> None:
        async def strange(ctx: Context, when: Annotated[complex, Option("When")]) -> Reply:
            raise AssertionError

        with pytest.raises(TypeError, match="'when' has a type no option has"):
            Subcommand("strange", "Strange", strange, Action.USE_BYTES)

    def test_a_command_that_is_both_run_and_a_root_does_not_compile(self) -> None:
        with pytest.raises(TypeError, match="either run itself"):
            Command("both", "Both", None, (GIVE,), run=everything, action=Action.USE_BYTES)
        with pytest.raises(TypeError, match="either run itself"):
            Command("neither", "Neither", None)

    def test_staff_commands_below_a_root_for_everybody_do_not_compile(self) -> None:
        with pytest.raises(TypeError, match="needs its own root"):
            Command("mixed", "Mixed", BYTES, (GIVE, Subcommand("mint", "Mint", handler, Action.GRANT_BYTES)))


class TestLookingUp:
    def test_finds_what_is_run_and_its_options(self) -> None:
        options = given(amount=5)
        route, left = ROUTES.command(CommandData("shop", options=[OptionData("give", 1, options=options)]))
        assert (route.name, route.source, left) == ("shop give", GIVE, options)
        nested = OptionData("more", 2, options=[OptionData("all", 1, options=options)])
        assert ROUTES.command(CommandData("shop", options=[nested]))[0].name == "shop more all"
        assert ROUTES.command(CommandData("bare", options=options)) == (ROUTES._subcommands["bare"], options)
        assert ROUTES.command(CommandData("Look at", type=2))[0].source == MENU
        assert ROUTES.control("turn").source == CONTROL
        assert ROUTES.form("give").source == FORM

    @pytest.mark.parametrize(
        "data",
        [
            CommandData("shop"),
            CommandData("shut", options=[OptionData("give", 1)]),
            CommandData("shop", options=[OptionData("take", 1)]),
            CommandData("shop", options=[OptionData("give", 2)]),
            CommandData("shop", options=[OptionData("more", 2)]),
            CommandData("shop", options=[OptionData("more", 1, options=[OptionData("all", 1)])]),
            CommandData("shop", options=[OptionData("give", 1, options=[OptionData("all", 1)])]),
            CommandData("shop", type=2, options=[OptionData("give", 1)]),
            CommandData("shop", options=[OptionData("give", 1), OptionData("give", 1)]),
            CommandData("Look at"),
            CommandData("Look at", type=3),
            CommandData("bare", type=9),
        ],
    )
    def test_of_what_is_not_there_is_out_of_date(self, data: CommandData) -> None:
        def look_up_and_read() -> None:
            route, left = ROUTES.command(data)
            parse_options(route.parameters, left, RESOLVED)

        with pytest.raises(OutdatedControlError):
            look_up_and_read()

    def test_of_two_things_with_one_name_is_a_defect(self) -> None:
        with pytest.raises(ValueError, match="two routes are called turn"):
            Routes(controls=(CONTROL, CONTROL))


class TestOptions:
    def test_of_every_type_can_be_read(self) -> None:
        assert set(parsing._PARSERS) == set(OPTION_TYPES)

    def test_become_typed_arguments_and_absent_ones_are_left_to_the_default(self) -> None:
        assert parse_options(GIVE.parameters, given(who="7", amount=5), RESOLVED) == {
            "who": TargetUser(7, "ada", is_bot=False, is_member=True, role_ids=frozenset()),
            "amount": 5,
        }
        for place, permissions in (("6", 1024), ("7", 0)):
            parsed = parse_options(ALL.parameters, given(place=place), RESOLVED)
            assert parsed == {"place": TargetChannel(int(place), permissions)}
        assert parse_options(ALL.parameters, given(file="9", sure=True, size="l"), RESOLVED) == {
            "file": Attachment(9, "proof.png", 10, "https://cdn.example/proof.png", None),
            "sure": True,
            "size": "l",
        }

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            (given(size="xl"), OutdatedControlError),  # not one of the choices
            (given(sure="yes"), OutdatedControlError),
            (given(nothing=1), OutdatedControlError),
            (given(colour=7), OutdatedControlError),
            (given(file="10"), InvalidInputError),
            (given(place="10"), InvalidInputError),
            (given(colour="a\0b"), InvalidInputError),
            ([*given(colour="a"), *given(colour="b")], OutdatedControlError),
        ],
    )
    def test_that_cannot_be_are_refused(self, options: list[OptionData], error: type[Exception]) -> None:
        with pytest.raises(error):
            parse_options(ALL.parameters, options, RESOLVED)


class TestFields:
    def test_become_the_same_arguments_as_options(self) -> None:
        fields = filled(who=["7"], amount=" 5 ", note="for tea")
        assert parse_fields(FORM.parameters, fields, RESOLVED) == {
            "who": TargetUser(7, "ada", is_bot=False, is_member=True, role_ids=frozenset()),
            "amount": 5,
            "note": "for tea",
        }

    def test_left_empty_are_left_out(self) -> None:
        fields = [*filled(who=["8"], amount="5", note="  "), SubmittedField()]
        assert parse_fields(FORM.parameters, fields, RESOLVED).keys() == {"who", "amount"}

    @pytest.mark.parametrize(
        ("typed", "number"),
        [("1,000", 1000), ("1.000", 1000), ("12\u202f345", 12345), ("1'000'000", 1_000_000), ("007", 7)],
    )
    def test_take_numbers_as_people_write_them(self, typed: str, number: int) -> None:
        assert parsing._number(typed) == number

    @pytest.mark.parametrize(
        "typed", ["1.5", "1,00", "1,0000", "-5", "+5", "5e3", "٣", "five", "1" * 30, "0x10", "1 2"]
    )
    def test_refuse_what_could_mean_something_else(self, typed: str) -> None:
        with pytest.raises(InvalidInputError, match="whole number between 1 and 10"):
            parse_fields(FORM.parameters, filled(who=["7"], amount=typed), RESOLVED)

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            (filled(who=["7", "8"], amount="1"), InvalidInputError),  # two where one is asked for
            (filled(who=[], amount="1"), InvalidInputError),
            (filled(who=["99"], amount="1"), InvalidInputError),
            (filled(who=["7"], amount="1", more="x"), OutdatedControlError),
            ([*filled(who=["7"], amount="1"), *filled(amount="2")], OutdatedControlError),
            (filled(who=["7"], amount="1", note="x" * 21), InvalidInputError),
        ],
    )
    def test_that_cannot_be_are_refused(self, fields: list[SubmittedField], error: type[Exception]) -> None:
        with pytest.raises(error):
            parse_fields(FORM.parameters, fields, RESOLVED)


class TestTargets:
    def test_of_menus_are_what_discord_resolved(self) -> None:
        ada = TargetUser(7, "ada", is_bot=False, is_member=True, role_ids=frozenset())
        assert parsing.parse_target_user("7", RESOLVED) == ada
        assert parsing.parse_target_message("5", RESOLVED) == TargetMessage(5, 6, ada, "hello")

    @pytest.mark.parametrize("target", [None, "", "99", "x", "-7"])
    def test_that_are_not_there_are_out_of_date(self, target: str | None) -> None:
        with pytest.raises(OutdatedControlError):
            parsing.parse_target_user(target, RESOLVED)
        with pytest.raises(OutdatedControlError):
            parsing.parse_target_message(target, RESOLVED)
