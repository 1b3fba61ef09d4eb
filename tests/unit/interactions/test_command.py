"""One declaration yields what Discord is told and how options are read."""

from typing import Annotated, Any

import pytest

from app.features import BYTES
from interactions import parsing
from interactions.command import OPTION_TYPES, Command, Context, Option, Subcommand, TargetUser
from interactions.errors import OutdatedControlError
from interactions.parsing import find_subcommand, parse_options
from interactions.payload import CommandData, OptionData, Resolved, ResolvedMember, User
from interactions.registration import payloads
from interactions.reply import Kind, Reply
from tests.oracles.discord_schema import assert_commands


async def handler(
    ctx: Context,
    who: Annotated[TargetUser, Option("Who")],
    amount: Annotated[int, Option("How many", minimum=1, maximum=10)],
    note: Annotated[str | None, Option("What for", max_length=20)] = None,
) -> Reply:
    return Reply(Kind.BYTES, "Done", ())


SUBCOMMAND = Subcommand("give", "Give something", handler)
COMMAND = Command("shop", "A shop", BYTES, (SUBCOMMAND,))
RESOLVED = Resolved(users={"7": User("7", "ada")}, members={"7": ResolvedMember()})


def given(**values: Any) -> list[OptionData]:
    return [OptionData(name, 3, value) for name, value in values.items()]


class TestRegistration:
    def test_says_what_the_annotations_say(self) -> None:
        [payload] = payloads([COMMAND])
        assert_commands([payload])
        assert payload["options"][0]["options"] == [
            {"type": 6, "name": "who", "description": "Who", "required": True},
            {"type": 4, "name": "amount", "description": "How many", "required": True,
             "min_value": 1, "max_value": 10},
            {"type": 3, "name": "note", "description": "What for", "required": False, "max_length": 20},
        ]  # fmt: skip

    def test_an_option_without_a_description_does_not_compile(self) -> None:
        async def bare(ctx: Context, amount: int) -> Reply:
            raise AssertionError

        with pytest.raises(TypeError, match="'amount' needs Annotated"):
            Subcommand("bare", "Bare", bare)

    def test_an_option_of_an_unknown_type_does_not_compile(self) -> None:
        async def strange(ctx: Context, when: Annotated[complex, Option("When")]) -> Reply:
            raise AssertionError

        with pytest.raises(TypeError, match="'when' has a type no option has"):
            Subcommand("strange", "Strange", strange)


class TestParsing:
    def test_can_read_every_type_an_option_can_have(self) -> None:
        assert set(parsing._PARSERS) == set(OPTION_TYPES)

    def test_gives_typed_arguments_and_leaves_absent_ones_to_the_default(self) -> None:
        arguments = parse_options(SUBCOMMAND.parameters, given(who="7", amount=5), RESOLVED)
        assert arguments == {
            "who": TargetUser(7, "ada", is_bot=False, is_member=True),
            "amount": 5,
        }

    def test_finds_the_subcommand(self) -> None:
        data = CommandData("shop", options=[OptionData("give", 1, options=given(amount=5))])
        command, subcommand, options = find_subcommand({"shop": COMMAND}, data)
        assert (command, subcommand, options) == (COMMAND, SUBCOMMAND, given(amount=5))

    @pytest.mark.parametrize(
        "data",
        [
            CommandData("shop"),
            CommandData("shut", options=[OptionData("give", 1)]),
            CommandData("shop", options=[OptionData("take", 1)]),
            CommandData("shop", options=[OptionData("give", 2)]),
            CommandData("shop", type=2, options=[OptionData("give", 1)]),
            CommandData("shop", options=[OptionData("give", 1), OptionData("give", 1)]),
        ],
    )
    def test_of_what_is_not_there_is_out_of_date(self, data: CommandData) -> None:
        with pytest.raises(OutdatedControlError):
            find_subcommand({"shop": COMMAND}, data)
