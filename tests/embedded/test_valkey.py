"""One Valkey: killed, left over, forgetful."""

from pathlib import Path

import psutil
import redis

from app.embedded.valkey import Valkey
from tests.embedded.homes import all_gone


class TestValkey:
    def test_it_starts_at_once_after_a_kill_and_is_empty(self, tmp_path: Path) -> None:
        server = Valkey(tmp_path)
        server.start()
        with redis.Redis.from_url(server.url) as client:
            client.set("here", 1)
        server.kill()
        assert not server.running
        assert not server.accepts()
        server.start()
        try:
            with redis.Redis.from_url(server.url) as client:
                assert client.get("here") is None
                assert client.config_get("save")["save"] == ""
        finally:
            server.stop()
        assert not list(tmp_path.glob("**/*.rdb"))

    def test_a_live_server_left_over_is_stopped_first(self, tmp_path: Path) -> None:
        leftover, server = Valkey(tmp_path), Valkey(tmp_path)
        leftover.start()
        assert leftover.pid is not None
        family = [psutil.Process(leftover.pid)]
        server.start()
        try:
            assert all_gone(family)
            assert server.accepts()
        finally:
            server.stop()
            leftover.stop()
