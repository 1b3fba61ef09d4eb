"""The tree that the REST API and the log look routes up in."""

import pytest

from simulator.paths import PathTree


def tree(*lines: str) -> PathTree[str]:
    """`GET /path` a line; the value is the line."""
    made: PathTree[str] = PathTree()
    for line in lines:
        method, template = line.split(" ")
        made.add(method, template, line)
    return made


TREE = tree(
    *("GET /users/{id}", "GET /users/@me", "PATCH /users/{id}", "GET /users/@me/guilds"),
    *("DELETE /users/{who}/guilds/{guild_id}", "PUT /a/b/c", "PUT /a/{x}/d", "GET /{one}/{two}/{three}"),
)


class TestFind:
    @pytest.mark.parametrize(
        ("asked", "line", "params"),
        [
            ("GET /users/1", "GET /users/{id}", {"id": "1"}),
            ("GET /users/@me", "GET /users/@me", {}),
            ("PATCH /users/@me", "PATCH /users/{id}", {"id": "@me"}),
            (
                "DELETE /users/@me/guilds/2",
                "DELETE /users/{who}/guilds/{guild_id}",
                {"who": "@me", "guild_id": "2"},
            ),
            ("PUT /a/b/d", "PUT /a/{x}/d", {"x": "b"}),
            ("GET /a/b/c", "GET /{one}/{two}/{three}", {"one": "a", "two": "b", "three": "c"}),
        ],
    )
    def test_takes_the_literal_that_has_the_method_else_the_parameter(
        self, asked: str, line: str, params: dict[str, str]
    ) -> None:
        method, path = asked.split(" ")
        assert TREE.find(method, path.split("/")) == (line, params)

    @pytest.mark.parametrize(
        ("asked", "known"),
        [
            ("PUT /users/1", True),
            ("DELETE /users/@me", True),
            ("PUT /a/b/x", True),  # for another method it is /{one}/{two}/{three}
            ("GET /users", False),
            ("GET /users/", False),
            ("GET /users/1/", False),
            ("GET /", False),
            ("GET /users/1/guilds/2/3", False),
            ("GET //1/guilds", False),
        ],
    )
    def test_finds_nothing_and_tells_a_missing_method_from_a_missing_path(
        self, asked: str, *, known: bool
    ) -> None:
        method, path = asked.split(" ")
        assert TREE.find(method, path.split("/")) is None
        assert TREE.knows(path.split("/")) is known


def test_a_line_cannot_stand_in_it_twice() -> None:
    made = tree("GET /users/{id}", "PUT /users/{id}")
    with pytest.raises(ValueError, match="twice"):
        made.add("GET", "/users/{user_id}", "again")
