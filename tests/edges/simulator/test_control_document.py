"""The control API's OpenAPI document: it is one, it tells all that is there, and what it tells is true."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from simulator.config import DEMO_APPLICATION_ID, SimulatorConfig
from simulator.control.routes import TABLE
from simulator.control.table import Operation
from simulator.main import create_app
from simulator.state import seed
from simulator.wire import encode
from tests.edges.simulator.recording_bot import RecordingBot
from tests.edges.simulator.simulators import client_of, simulator_of

pytestmark = pytest.mark.anyio

METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def app() -> Starlette:
    return create_app(SimulatorConfig(response_seconds=0.2))


@pytest.fixture
async def document(app: Starlette) -> dict[str, Any]:
    async with client_of(app) as client:
        response = await client.get("/_sim/openapi.json")
    assert response.headers["content-type"] == "application/json"
    written: dict[str, Any] = response.json()
    return written


def schema_of(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


def answer_schema(document: dict[str, Any], method: str, path: str, status: int) -> dict[str, Any]:
    response = document["paths"][path][method]["responses"][str(status)]
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema: dict[str, Any] = response["content"]["application/json"]["schema"]
    return schema


def served(routes: list[BaseRoute]) -> set[tuple[str, str]]:
    """What the running application answers below /_sim, by method and template."""
    found = set()
    for route in routes:
        assert not (isinstance(route, Mount) and route.path.startswith("/_sim"))
        if isinstance(route, Route) and route.path.startswith("/_sim"):
            found |= {(method, route.path) for method in route.methods or ()} - {("HEAD", route.path)}
    return found


class TestDocument:
    async def test_tells_exactly_what_is_served(self, app: Starlette, document: dict[str, Any]) -> None:
        told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
        assert told | {("GET", "/_sim/openapi.json")} == served(list(app.routes))

    async def test_is_openapi_3_1_as_far_as_it_goes(self, document: dict[str, Any]) -> None:
        assert document["openapi"].startswith("3.1.")
        assert {"title", "version"} <= set(document["info"])
        names = []
        for path, item in document["paths"].items():
            assert set(item) <= METHODS
            for operation in item.values():
                names.append(operation["operationId"])
                in_path = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "path"}
                assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
                for each in operation.get("parameters", ()):
                    Draft202012Validator.check_schema(each["schema"])
                    assert each["required"] or each["in"] == "query"
                assert all(each.isdigit() for each in operation["responses"])
        assert len(set(names)) == len(names)

    async def test_refers_only_to_what_is_in_it(self, document: dict[str, Any]) -> None:
        for schema in document["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)
        for reference in references(document):
            found: Any = document
            for part in reference.removeprefix("#/").split("/"):
                found = found[part]
        used = {each.rsplit("/", 1)[1] for each in references(document)}
        assert used >= set(document["components"]["schemas"])

    @pytest.mark.parametrize("operation", [each for each in TABLE if each.body], ids=lambda each: each.path)
    async def test_tells_what_each_body_is_read_as(
        self, app: Starlette, document: dict[str, Any], operation: Any
    ) -> None:
        """A handler that reads another kind than its line in the table tells fails for good, not politely."""
        async with client_of(app) as client:
            path = operation.path.replace("{", "").replace("}", "")
            response = await client.request(operation.method, path, content=b'{"no such field":1}')
        assert response.status_code == 400
        schema = document["paths"][operation.path][operation.method.lower()]["requestBody"]
        reference = schema["content"]["application/json"]["schema"]["$ref"]
        assert reference.rsplit("/", 1)[1] == operation.body.__name__


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


ADA, MATEO, PRIYA = str(seed.ADA), str(seed.MATEO), str(seed.PRIYA)
GUILD, GENERAL = str(seed.GUILD_ID), str(seed.GENERAL)
HERE = {"channel_id": GENERAL, "user_id": ADA}
DONE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/_sim/state", {}),
    ("GET", "/_sim/directory", {"user_id": PRIYA}),
    ("GET", "/_sim/view", HERE),
    ("GET", "/_sim/view", {"channel_id": str(seed.MOD_LOG), "user_id": PRIYA}),
    ("GET", "/_sim/view", {"channel_id": str(seed.SHOWCASE), "user_id": ADA}),
    (
        "POST",
        "/_sim/messages",
        {**HERE, "content": "hello", "attachments": [{"filename": "a", "content": "eA=="}]},
    ),
    ("POST", "/_sim/typing", HERE),
    ("POST", "/_sim/dms", {"user_id": ADA}),
    ("POST", "/_sim/members", {"guild_id": GUILD, "action": "join"}),
    ("POST", "/_sim/members", {"guild_id": GUILD, "action": "leave", "user_id": MATEO}),
    (
        "POST",
        "/_sim/moderation",
        {"guild_id": GUILD, "moderator_id": PRIYA, "user_id": ADA, "action": "timeout"},
    ),
    (
        "POST",
        "/_sim/roles",
        {
            "guild_id": GUILD,
            "moderator_id": PRIYA,
            "user_id": ADA,
            "action": "add",
            "role_id": str(seed.HELPER),
        },
    ),
    ("POST", "/_sim/guilds", {"name": "Lovelace", "owner_id": ADA}),
    ("POST", "/_sim/people", {"user_id": ADA, "accepts_dms": False}),
    ("POST", "/_sim/raid", {"guild_id": GUILD, "accounts": 2, "seconds": 0.1, "posts": 1}),
    ("GET", "/_sim/clock", {}),
    ("POST", "/_sim/clock", {"advance": 5}),
    ("POST", "/_sim/commands", {**HERE, "guild_id": GUILD, "name": "help"}),
    ("POST", "/_sim/commands", {**HERE, "guild_id": GUILD, "name": "help", "repeat": 2}),
    ("POST", "/_sim/autocomplete", {**HERE, "guild_id": GUILD, "name": "help", "focused": "topic"}),
    (
        "POST",
        "/_sim/context-menus",
        {**HERE, "guild_id": GUILD, "name": "Report", "target_id": MATEO},
    ),
    ("POST", "/_sim/ping", {}),
    ("POST", "/_sim/events", {"type": "PING", "guild_id": GUILD}),
    ("POST", "/_sim/faults", {"kind": "delay", "seconds": 1, "times": 1}),
    ("GET", "/_sim/faults", {}),
    ("GET", "/_sim/log", {}),
    ("DELETE", "/_sim/faults", {}),
)


class TestAnswers:
    @pytest.fixture
    async def client(self, bot: RecordingBot) -> AsyncIterator[httpx2.AsyncClient]:
        config = SimulatorConfig(endpoint="http://bot/", bot_token="the-token", response_seconds=0.2)
        async with simulator_of(config, bot) as made:
            yield made.client

    @pytest.mark.parametrize(("method", "path", "asked"), DONE)
    async def test_are_as_the_document_tells(
        self,
        client: httpx2.AsyncClient,
        document: dict[str, Any],
        method: str,
        path: str,
        asked: dict[str, Any],
    ) -> None:
        given: dict[str, Any] = {"json": asked} if method == "POST" else {"params": asked}
        await told(client, document, method, path, **given)

    async def test_are_so_with_something_in_their_lists(
        self, client: httpx2.AsyncClient, document: dict[str, Any]
    ) -> None:
        commands = f"/api/v10/applications/{DEMO_APPLICATION_ID}/commands"
        command = {"name": "help", "description": "What there is"}
        as_bot = {"Authorization": "Bot the-token"}
        assert (await client.put(commands, json=[command], headers=as_bot)).status_code == 200
        for path, body in (
            ("/_sim/dms", {"user_id": ADA}),
            ("/_sim/faults", {"kind": "delay", "seconds": 1, "times": 1}),
            ("/_sim/raid", {"guild_id": GUILD, "accounts": 2}),
            ("/_sim/raid/stop", {"guild_id": GUILD}),
        ):
            assert (await client.post(path, json=body)).status_code == 200
        for path, lists in (
            ("/_sim/state", ("guilds", "people", "messages", "commands", "dms")),
            ("/_sim/directory", ("people", "commands", "dms", "raid")),
            ("/_sim/faults", ("faults",)),
            ("/_sim/log", ("entries",)),
        ):
            query = {"user_id": ADA} if path == "/_sim/directory" else {}
            answer = await told(client, document, "GET", path, params=query)
            assert all(answer[name] for name in lists), path

    async def test_of_the_paths_with_an_id_are_too(
        self, client: httpx2.AsyncClient, document: dict[str, Any]
    ) -> None:
        message = (await client.post("/_sim/messages", json={**HERE, "content": "x"})).json()
        acts = (
            ("/_sim/messages/{message_id}/edit", message["id"], {"user_id": ADA, "content": "y"}),
            ("/_sim/messages/{message_id}/delete", message["id"], {"user_id": ADA}),
            ("/_sim/guilds/{guild_id}/bot", str(seed.TERRARIUM_ID), {"action": "add"}),
        )
        assert {path for path, _, _ in acts} == {each.path for each in TABLE if "{" in each.path}
        for path, identity, body in acts:
            before, after = path.split("{")[0], path.split("}")[1]
            response = await client.post(f"{before}{identity}{after}", json=body)
            assert response.status_code == 200
            schema = schema_of(document, answer_schema(document, "post", path, 200))
            schema.validate(response.json())


async def told(
    client: httpx2.AsyncClient, document: dict[str, Any], method: str, path: str, **given: Any
) -> dict[str, Any]:
    """Ask, and see that the answer is what the document tells, and nothing else."""
    response = await client.request(method, path, **given)
    assert response.status_code == 200, response.text
    schema = closed(answer_schema(document, method.lower(), path, 200))
    everything = {"components": closed(document["components"])}
    answer: dict[str, Any] = response.json()
    Draft202012Validator({**schema, **everything}).validate(answer)
    return answer


def closed(value: Any) -> Any:
    """The same schema, in which an object has nothing that it does not tell."""
    if isinstance(value, list):
        return [closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    inside = {key: closed(each) for key, each in value.items()}
    if isinstance(value.get("properties"), dict):
        inside |= {"additionalProperties": False}
    return inside


ids = st.sampled_from(
    [
        ADA,
        MATEO,
        PRIYA,
        str(DEMO_APPLICATION_ID),
        GUILD,
        GENERAL,
        str(seed.STAFF_CATEGORY),
        str(seed.HELPER),
        "0",
        "x",
    ]
)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 1 << 70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)


def body_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with the right names, most of them plausible, some of them nonsense."""
    choices: dict[str, st.SearchStrategy[Any]] = {}
    for each in msgspec.structs.fields(kind):
        values = ids | anything if each.type is str or each.encode_name.endswith("_id") else anything
        literals = getattr(each.type, "__args__", ())
        if literals and all(isinstance(literal, str) for literal in literals):
            values = st.sampled_from(list(literals)) | anything
        choices[each.encode_name] = values
    needed = {name: choices[name] for name in choices if name.endswith("_id") or name == "action"}
    return st.fixed_dictionaries(
        needed, optional={name: choices[name] for name in choices if name not in needed}
    )


def requests_of(operation: Operation) -> st.SearchStrategy[tuple[Operation, str, object]]:
    """An operation of the table, a path for it, and a body."""
    assert operation.body is not None
    paths = ids.map(lambda each: re.sub(r"\{\w+\}", each, operation.path))
    return st.tuples(st.just(operation), paths, body_of(operation.body) | anything)


class TestAnyBody:
    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(asked=st.one_of([requests_of(each) for each in TABLE if each.body]))
    async def test_is_answered_in_json_and_refused_in_a_sentence(
        self, app: Starlette, document: dict[str, Any], asked: tuple[Operation, str, object]
    ) -> None:
        operation, path, body = asked
        async with client_of(app) as client:
            response = await client.request(operation.method, path, content=encode_loosely(body))
        assert response.status_code < 500
        schema = answer_schema(document, operation.method.lower(), operation.path, response.status_code)
        schema_of(document, schema).validate(response.json())
        if response.status_code != 200:
            assert response.json()["error"].endswith(".")


def encode_loosely(body: object) -> bytes:
    try:
        return encode(body)
    except UnicodeEncodeError:  # lone surrogates
        return b"{"
