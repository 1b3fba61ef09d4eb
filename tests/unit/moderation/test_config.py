"""What a guild can write down for its moderation."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.moderation.config import ModerationConfig, Step
from app.moderation.domain import CaseAction
from app.moderation.texts import DEFAULT_TEXTS

FULL: dict[str, Any] = {
    "log_channel_id": "175928847299117063",
    "saved_reasons": ["Spam", "Insult"],
    "dm_texts": {"ban": "Goodbye, {user}."},
    "appeal_url": "https://example.org/appeal?server=1",
    "warning_lifetime_days": 30,
    "ladder": [
        {"warnings": 3, "within_days": 30, "action": "timeout", "minutes": 60},
        {"warnings": 5, "within_days": 90, "action": "kick", "minutes": None},
        {"warnings": 6, "within_days": 90, "action": "ban", "minutes": None},
    ],
}


class TestModerationConfig:
    def test_is_usable_unless_chosen(self) -> None:
        config = ModerationConfig()
        assert (config.log_channel_id, config.appeal_url, config.ladder) == (None, None, ())
        assert config.dm_text_for(CaseAction.BAN) == DEFAULT_TEXTS[CaseAction.BAN]
        assert config.dm_text_for(CaseAction.NOTE) is None

    def test_is_written_and_read_by_name(self) -> None:
        config = ModerationConfig.model_validate(FULL)
        assert config.model_dump(mode="json") == FULL
        assert ModerationConfig.model_validate_json(config.model_dump_json()) == config
        assert config.dm_text_for(CaseAction.BAN) == "Goodbye, {user}."

    def test_describes_everything(self) -> None:
        for model in (ModerationConfig, Step):
            assert all(each.description for each in model.model_fields.values())

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("log_channel_id", each) for each in ("", "0", "007", "general")),
            *(
                ("appeal_url", each)
                for each in (
                    "",
                    "http://example.org",
                    "javascript:alert(1)",
                    "https://",
                    "https:///appeal",
                    "https://user@example.org",
                    "https://example.org/a b",
                    "https://example.org/\n",
                    "https://ex\u0430mple.org",
                    "https://[",
                    "//example.org",
                    "https://example.org/" + "x" * 300,
                )
            ),
            ("saved_reasons", ["Spam", "Spam"]),
            ("saved_reasons", [""]),
            ("saved_reasons", ["x" * 101]),
            ("saved_reasons", [str(n) for n in range(26)]),
            ("dm_texts", {"note": "We noted something."}),
            ("dm_texts", {"ban": ""}),
            ("dm_texts", {"ban": "x" * 1_001}),
            ("dm_texts", {"exile": "x"}),
            ("warning_lifetime_days", 0),
            ("ladder", [FULL["ladder"][0], FULL["ladder"][0]]),
            ("colour", "red"),
        ],
    )
    def test_refuses_what_cannot_be_used(self, name: str, value: object) -> None:
        with pytest.raises(ValidationError):
            ModerationConfig.model_validate({name: value})


class TestAStep:
    @pytest.mark.parametrize(
        ("action", "minutes"),
        [("timeout", 1), ("timeout", 40_320), ("kick", None), ("ban", None), ("ban", 60_000)],
    )
    def test_lasts_as_its_action_can(self, action: str, minutes: int | None) -> None:
        step = Step.model_validate({"warnings": 3, "within_days": 30, "action": action, "minutes": minutes})
        assert step.minutes == minutes

    @pytest.mark.parametrize(
        ("action", "minutes"),
        [("timeout", None), ("timeout", 40_321), ("timeout", 0), ("kick", 5), ("ban", 0), ("ban", 5_256_001),
         ("warn", None), ("unban", None)],
    )  # fmt: skip
    def test_refuses_what_it_cannot(self, action: str, minutes: int | None) -> None:
        with pytest.raises(ValidationError):
            Step.model_validate({"warnings": 3, "within_days": 30, "action": action, "minutes": minutes})
