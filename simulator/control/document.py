"""The control API's OpenAPI document, made from the table that the router uses.

Not made by spectree, which makes it for the platform's own API: it would read bodies by its own
rules (only with an exact content type, and JSON that cannot be written back), refuse in its own
shape, and find operations by walking through the application instead of in the table. What is left
for it to do is this page; msgspec knows the schemas.
"""

import re
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from simulator.control import shapes
from simulator.control.table import Operation
from simulator.wire import JsonObject

PATH = "/_sim/openapi.json"
_REFERENCE = "#/components/schemas/{name}"
_IN_PATH = re.compile(r"\{(\w+)\}")  # noqa: TID251 - ours, not a user's
_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
)
_ABOUT = (
    "Plays people, and tells what they see. Ids are strings, times ISO 8601. There are no accounts: "
    "whoever reaches the port may do everything. What happens meanwhile is told on the WebSocket /_sim/live."
)


def route(table: tuple[Operation, ...]) -> Route:
    """Make the route at which the table's document is read."""
    written = openapi(table)

    async def show_document(_request: Request) -> JSONResponse:
        return JSONResponse(written)

    return Route(PATH, show_document, methods=["GET"])


def openapi(table: tuple[Operation, ...]) -> JsonObject:
    """Write the document."""
    kinds = [shapes.Refusal, *(kind for each in table for kind in (each.body, each.answer) if kind)]
    queries = [each.query for each in table if each.query]
    schemas, components = msgspec.json.schema_components([*kinds, *queries], ref_template=_REFERENCE)
    named = dict(zip([id(each) for each in [*kinds, *queries]], schemas, strict=True))
    of_queries = {each.__name__: components.pop(each.__name__) for each in queries}
    paths: dict[str, JsonObject] = {}
    for each in table:
        parameters = _parameters(each, of_queries)
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each, named, parameters)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Control API of a local Discord", "version": "1", "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {"Refused": _json("What was not done, and why.", named[id(shapes.Refusal)])},
        },
    }


def _operation(operation: Operation, named: dict[int, Any], parameters: list[JsonObject]) -> JsonObject:
    written: JsonObject = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": {
            "200": _json("What came of it.", named[id(operation.answer)]),
            **{str(each.value): {"$ref": "#/components/responses/Refused"} for each in _REFUSALS},
        },
    }
    if parameters:
        written["parameters"] = parameters
    if operation.body is not None:
        content = {"application/json": {"schema": named[id(operation.body)]}}
        written["requestBody"] = {"required": operation.body_required, "content": content}
    return written


def _parameters(operation: Operation, shapes: dict[str, JsonObject]) -> list[JsonObject]:
    """Write what stands in the path and behind the question mark."""
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _IN_PATH.findall(operation.path)
    ]
    if operation.query is None:
        return in_path
    shape = shapes[operation.query.__name__]
    required = shape.get("required", [])
    asked = [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in shape["properties"].items()
    ]
    return in_path + asked


def _json(description: str, schema: Any) -> JsonObject:  # noqa: ANN401 - a JSON schema
    return {"description": description, "content": {"application/json": {"schema": schema}}}
