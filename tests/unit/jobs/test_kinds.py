"""What a job looks like on the wire: rows outlive the version that wrote them."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from app.jobs import kinds
from app.jobs.kinds import KINDS, Job, Lane, ReconcileMember, SweepGuild, decode, encode

FROZEN = json.loads(Path(__file__).with_name("payloads.json").read_bytes())
"""Payloads as they were first written. Never change a line: make the next version of the entrypoint."""

SAMPLES: dict[str, Job] = {
    "reconcile_member.v1": ReconcileMember(guild_id=1161728497502736384, user_id=175928847299117063),
    "sweep_guild.v1": SweepGuild(guild_id=1161728497502736384),
    "sanction_member.v1": kinds.SanctionMember(guild_id=1161728497502736384, user_id=175928847299117063),
    "restore_timeout.v1": kinds.RestoreTimeout(guild_id=1161728497502736384, user_id=175928847299117063),
    "ban_many.v1": kinds.BanMany(guild_id=1161728497502736384, incident=7),
    "sanction_many.v1": kinds.SanctionMany(guild_id=1161728497502736384, incident=7),
    "purge_messages.v1": kinds.PurgeMessages(guild_id=1161728497502736384, case=12),
    "edit_reply.v1": kinds.EditReply(guild_id=1161728497502736384, interaction_id=175928847299117063),
    "tell_member.v1": kinds.TellMember(guild_id=1161728497502736384, case=12),
    "tell_reporters.v1": kinds.TellReporters(guild_id=1161728497502736384, report=3),
    "log_case.v1": kinds.LogCase(guild_id=1161728497502736384, case=12),
    "log_incident.v1": kinds.LogIncident(guild_id=1161728497502736384, incident=7),
    "log_report.v1": kinds.LogReport(guild_id=1161728497502736384, report=3),
    "delete_messages.v1": kinds.DeleteMessages(1161728497502736384, 7, 175928847299117064),
    "tell_why.v1": kinds.TellWhy(guild_id=1161728497502736384, incident=7, user_id=175928847299117063),
    "alert_incident.v1": kinds.AlertIncident(guild_id=1161728497502736384, incident=7),
    "pause_guild.v1": kinds.PauseGuild(guild_id=1161728497502736384),
    "slow_channel.v1": kinds.SlowChannel(1161728497502736384, 175928847299117064),
    "keep_raid_mode.v1": kinds.KeepRaidMode(guild_id=1161728497502736384),
    "check_sanctions.v1": kinds.CheckSanctions(guild_id=1161728497502736384),
    "run_backtest.v1": kinds.RunBacktest(1161728497502736384, "01939c2e-7a5b-7c3d-8e4f-0123456789ab"),
}


class TestKinds:
    def test_are_all_in_the_table_and_frozen_here(self) -> None:
        declared = Job.__subclasses__()
        assert declared
        assert set(KINDS.values()) == set(declared)
        assert set(KINDS) == set(FROZEN) == set(SAMPLES)

    @pytest.mark.parametrize("entrypoint", KINDS)
    def test_carry_a_version_in_their_name(self, entrypoint: str) -> None:
        assert KINDS[entrypoint].entrypoint == entrypoint
        assert re.fullmatch(r"[a-z_]+\.v[1-9][0-9]*", entrypoint)

    @pytest.mark.parametrize("entrypoint", KINDS)
    def test_have_a_lane(self, entrypoint: str) -> None:
        assert KINDS[entrypoint].lane in Lane

    def test_go_first_in_this_order(self) -> None:
        order = sorted(Lane, reverse=True)
        assert order == [Lane.MODERATION, Lane.REPLY_EDITS, Lane.ROLES, Lane.SWEEPS_AND_LOGS]


class TestPayload:
    @pytest.mark.parametrize("entrypoint", KINDS)
    def test_is_written_as_it_always_was(self, entrypoint: str) -> None:
        assert encode(SAMPLES[entrypoint]) == FROZEN[entrypoint].encode()

    @pytest.mark.parametrize("entrypoint", KINDS)
    def test_is_read_as_it_always_was(self, entrypoint: str) -> None:
        assert decode(entrypoint, FROZEN[entrypoint].encode()) == SAMPLES[entrypoint]

    def test_keeps_ids_that_floats_would_round(self) -> None:
        job = ReconcileMember(2**63 - 1, 2**53 + 1)
        assert decode(job.entrypoint, encode(job)) == job

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"[]",
            b'{"guild_id":"1"}',
            b'{"guild_id":"1","user_id":"ada"}',
            b'{"guild_id":"1","user_id":"2","role_id":"3"}',
        ],
    )
    def test_of_another_shape_is_refused(self, payload: bytes) -> None:
        with pytest.raises(msgspec.DecodeError):
            decode("reconcile_member.v1", payload)

    def test_of_an_unknown_entrypoint_is_refused(self) -> None:
        with pytest.raises(KeyError):
            decode("reconcile_member.v0", b"{}")
