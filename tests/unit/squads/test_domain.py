"""The rules of squads: what coming costs, and who is refused."""

from dataclasses import replace
from uuid import UUID

import pytest

from app.squads.domain import (
    PAUSES,
    Pause,
    Squad,
    SquadClosedError,
    SquadFullError,
    check_open,
    check_room,
    cost_of,
)
from app.squads.saving import WHY
from app.wording import fill, plain

RED = Squad(
    id=UUID(int=1),
    guild_id=1,
    position=1,
    name="Red",
    description="",
    role_id=7,
    switch_cost=30,
    max_members=None,
    is_default=False,
    is_active=True,
    paused_because=None,
    version=1,
)


def test_the_first_choice_is_free_and_every_later_one_costs_what_the_squad_asks() -> None:
    assert cost_of(RED, has_chosen=False) == 0
    assert cost_of(RED, has_chosen=True) == 30


class TestWhetherItTakesPeople:
    def test_it_does(self) -> None:
        check_open(RED)
        assert RED.is_open

    def test_not_when_it_is_closed_also_if_it_is_paused(self) -> None:
        for because in (None, Pause.GONE):
            closed = replace(RED, is_active=False, paused_because=because)
            assert not closed.is_open
            with pytest.raises(SquadClosedError, match=r"is closed\. Nothing was changed\."):
                check_open(closed)

    @pytest.mark.parametrize("because", Pause)
    def test_not_when_it_is_paused_and_those_who_can_mend_it_are_named(self, because: Pause) -> None:
        paused = replace(RED, paused_because=because)
        assert not paused.is_open
        with pytest.raises(SquadClosedError, match="those who manage the server can mend it"):
            check_open(paused)


@pytest.mark.parametrize(
    ("most", "members", "has_room"),
    [(None, 10**6, True), (3, 2, True), (3, 3, False), (3, 4, False), (1, 0, True)],
)
def test_a_place_is_left_below_the_number_and_not_at_it(
    most: int | None, members: int, *, has_room: bool
) -> None:
    squad = replace(RED, max_members=most)
    if has_room:
        check_room(squad, members)
        return
    with pytest.raises(SquadFullError) as refused:
        check_room(squad, members)
    said = fill(refused.value.message, refused.value.facts, plain)
    assert f"“Red” is full: it takes {most} members." in said


def test_whatever_can_be_wrong_with_a_role_has_words() -> None:
    assert set(PAUSES) == set(Pause) == set(WHY.values())
