"""What providers write in a DATABASE_URL is understood."""

import pytest

from app.database.engine import asyncpg_url


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"])
def test_both_names_of_postgresql_are_the_same(scheme: str) -> None:
    url, arguments = asyncpg_url(f"{scheme}://u:p@host:5433/db")
    assert url.render_as_string(hide_password=False) == "postgresql+asyncpg://u:p@host:5433/db"
    assert arguments == {}


def test_sslmode_becomes_what_asyncpg_calls_it() -> None:
    url, arguments = asyncpg_url("postgresql://host/db?sslmode=require&channel_binding=require")
    assert arguments == {"ssl": "require"}
    assert not url.query


def test_a_socket_stays_a_socket() -> None:
    url, _ = asyncpg_url("postgresql://postgres@/db?host=/run/x")
    assert url.query["host"] == "/run/x"
