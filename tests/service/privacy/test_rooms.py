"""No table with members in it is forgotten."""

from pathlib import Path

import pytest
from sqlalchemy import text

import app.access.models
import app.analytics.models
import app.bytes.models
import app.components.models
import app.guilds.models  # noqa: F401 - importing the models fills the metadata
from app.database.model import Base
from app.database.tx import Tx
from app.privacy.rooms import ROOMS, WITHOUT_MEMBERS
from tests.service.privacy.conftest import Everywhere

pytestmark = pytest.mark.anyio

NAMED = {table for room in ROOMS.values() for table in room.tables} | set(WITHOUT_MEMBERS)


def test_every_table_of_the_models_is_a_rooms_or_named_with_the_reason_why_not() -> None:
    assert set(Base.metadata.tables) <= NAMED


async def test_so_is_every_table_of_the_database_and_none_that_is_not_there(
    tx: Tx, everywhere: Everywhere
) -> None:
    assert set(await everywhere.tables(tx)) == NAMED


def test_every_table_about_members_is_on_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "privacy.md").read_text(encoding="utf-8")
    for name, room in ROOMS.items():
        (row,) = (line for line in page.splitlines() if line.startswith(f"| {name} |"))
        assert all(f"`{table}`" in row for table in room.tables)


def test_none_is_named_twice() -> None:
    tables = [table for room in ROOMS.values() for table in room.tables] + list(WITHOUT_MEMBERS)
    assert len(tables) == len(set(tables))


async def test_a_table_with_a_column_for_members_is_a_rooms(tx: Tx) -> None:
    """By the names such columns have here; what stands in JSON and text, the scans of an erasure find."""
    rows = await tx.execute(
        text(
            "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name ~ '(user|member|actor|giver|receiver|moderator|owner)_(id|name|username|tag)$'"
        )
    )
    found = set(rows.scalars().all())
    assert found >= {"bytes_balances", "bytes_transactions", "audit_entries", "command_invocations"}
    assert not found & set(WITHOUT_MEMBERS)
