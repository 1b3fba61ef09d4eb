"""Which access levels a guild can write down."""

import pytest
from pydantic import ValidationError

from app.access.config import AccessConfig
from app.access.domain import Level


class TestAccessConfig:
    def test_is_empty_unless_chosen(self) -> None:
        assert AccessConfig().roles == {}

    def test_is_written_and_read_by_name(self) -> None:
        config = AccessConfig(roles={"175928847299117063": Level.MODERATOR})
        assert config.model_dump_json() == '{"roles":{"175928847299117063":"moderator"}}'
        assert AccessConfig.model_validate_json(config.model_dump_json()) == config

    @pytest.mark.parametrize("role", ["", "0", "-1", "007", "1.0", " 1", "\uff11", "everyone", str(2**63)])
    def test_refuses_what_is_no_roles_id(self, role: str) -> None:
        with pytest.raises(ValidationError, match="is not a role's id"):
            AccessConfig(roles={role: Level.VIEWER})

    @pytest.mark.parametrize("level", ["admin", "Manager", "", "1", "null"])
    def test_refuses_what_is_no_level(self, level: str) -> None:
        with pytest.raises(ValidationError, match="'viewer', 'moderator' or 'manager'"):
            AccessConfig.model_validate_json(f'{{"roles": {{"1": "{level}"}}}}')

    def test_takes_50_roles_and_no_more(self) -> None:
        AccessConfig(roles={str(role): Level.VIEWER for role in range(1, 51)})
        with pytest.raises(ValidationError, match="at most 50"):
            AccessConfig(roles={str(role): Level.VIEWER for role in range(1, 52)})
