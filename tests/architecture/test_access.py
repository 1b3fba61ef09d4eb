"""No use case forgets to ask, and nobody borrows the rights of whoever sits at the machine."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ROOMS = ("access", "analytics", "audit", "automod", "bytes", "guilds", "moderation", "privacy", "squads")

ASKED_FOR_BY_THE_CALLER = {
    "app.bytes.claims.appear": "a part of use cases that have asked",
    "app.bytes.claims.claim_if_open": "a part of use cases that have asked",
    "app.bytes.fees.check_can_pay": "a part of use cases that have asked",
    "app.bytes.fees.pay_fee": "a part of use cases that have asked",
    "app.guilds.service.save_config": "guilds stands below access; app.access.service.save_guild_config asks",
    "app.guilds.service.record_change": "a part of use cases that have asked",
    "app.guilds.versions.save_versioned": "a part of use cases that have asked",
    "app.moderation.opening.escalate": "a part of use cases that have asked",
    "app.moderation.opening.start_case": "a part of use cases that have asked",
}
"""What is handed an actor and does not ask, and why that is no hole."""

MAY_BE_THE_OPERATOR = {
    "app/cli.py",
    "app/guilds/domain.py",
    "app/access/policy.py",
    "app/guild_file.py",
    "app/demo/seed.py",
}
"""Where the rights of the command line are made, known and used. No edge that a network reaches."""


def trees(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def use_cases() -> dict[str, ast.AsyncFunctionDef]:
    """Every public function of a room that is handed a `tx` and an `actor`."""
    found = {}
    for path, tree in trees(*(f"app/{room}" for room in ROOMS)):
        for each in tree.body:
            if not isinstance(each, ast.AsyncFunctionDef) or each.name.startswith("_"):
                continue
            if {"tx", "actor"} <= {argument.arg for argument in each.args.args}:
                found[".".join((*path.with_suffix("").parts, each.name))] = each
    return found


USE_CASES = use_cases()


def first_awaited(function: ast.AsyncFunctionDef) -> str | None:
    """Tell which function is awaited first, from top to bottom."""
    awaited = [each for each in ast.walk(function) if isinstance(each, ast.Await)]
    first = min(awaited, key=lambda each: (each.lineno, each.col_offset), default=None)
    if first is None or not isinstance(first.value, ast.Call):
        return None
    return ast.unparse(first.value.func)


def test_the_use_cases_are_found() -> None:
    assert {"app.bytes.service.send_bytes", "app.bytes.service.save_config"} <= set(USE_CASES)
    assert set(USE_CASES) >= set(ASKED_FOR_BY_THE_CALLER)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in USE_CASES
        if not name.startswith("app.access.service.") and name not in ASKED_FOR_BY_THE_CALLER
    ],
)
def test_every_use_case_asks_before_it_does_anything(name: str) -> None:
    assert first_awaited(USE_CASES[name]) == "require"


@pytest.mark.parametrize("name", ["save_config", "save_guild_config"])
def test_so_does_the_room_that_answers(name: str) -> None:
    assert first_awaited(USE_CASES[f"app.access.service.{name}"]) == "require"


def test_the_general_settings_are_written_only_after_asking() -> None:
    callers = {
        str(path)
        for path, tree in trees("app", "interactions", "dashboard", "moderation_listener")
        for each in ast.walk(tree)
        if isinstance(each, ast.Attribute) and ast.unparse(each) == "guilds_service.save_config"
    }
    assert callers == {"app/access/service.py"}


def test_nobody_else_acts_as_the_operator() -> None:
    users = {
        str(path)
        for path, tree in trees("app", "interactions", "dashboard", "moderation_listener")
        for each in ast.walk(tree)
        if isinstance(each, ast.Attribute) and ast.unparse(each) in {"Via.CLI", "Actor.operator"}
    }
    assert users == MAY_BE_THE_OPERATOR
