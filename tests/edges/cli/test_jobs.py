"""`smarterdev jobs`, as whoever is on call types it."""

import asyncio

import asyncpg
import pytest
from click.testing import CliRunner, Result

from app.cli import main

pytestmark = pytest.mark.usefixtures("_nothing_else")


def use(database_url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["jobs", *arguments], env={"DATABASE_URL": database_url})


def ask(database_url: str, statement: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(database_url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture
def _nothing_else(database_url: str) -> None:
    ask(database_url, "DELETE FROM pgqueuer")


@pytest.fixture
def held(database_url: str) -> str:
    """The number of a job that is held."""
    job_id = ask(
        database_url,
        "INSERT INTO pgqueuer (priority, status, entrypoint, payload)"
        ' VALUES (100, \'failed\', \'reconcile_member.v1\', \'{"guild_id":"1","user_id":"2"}\') RETURNING id',
    )
    ask(database_url, f"INSERT INTO job_starts VALUES ({job_id}, 9, now(), 'The bot may not.')")
    return str(job_id)


def test_lists_what_is_held_and_why(database_url: str, held: str) -> None:
    said = use(database_url, "list").output
    assert f"{held}  " in said
    assert "The bot may not." in said
    assert '"user_id":"2"' in said


def test_says_when_nothing_is_held(database_url: str) -> None:
    assert use(database_url, "list").output == "No job is held.\n"


def test_retries_one_from_the_beginning(database_url: str, held: str) -> None:
    assert use(database_url, "retry", held).exit_code == 0
    assert ask(database_url, f"SELECT status::text FROM pgqueuer WHERE id = {held}") == "queued"
    assert ask(database_url, f"SELECT starts FROM job_starts WHERE job_id = {held}") is None


def test_drops_one(database_url: str, held: str) -> None:
    assert use(database_url, "drop", held).exit_code == 0
    assert ask(database_url, "SELECT count(*) FROM pgqueuer") == 0


@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_says_when_there_is_no_such_job(database_url: str, verb: str) -> None:
    result = use(database_url, verb, "4711")
    assert result.exit_code == 1
    assert result.output.startswith("Error: No job with this number is held.")
