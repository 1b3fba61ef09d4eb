"""Which addresses are asked for files, and what a file may be called."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from app.discord.attachments import HOSTS, allowed, safe_kind, safe_name

FILE = "https://cdn.discordapp.com/ephemeral-attachments/1/2/a%20b.png?ex=67&is=66&hm=c0ffee&"
HERE = "http://127.0.0.1:8100/attachments/"

FOREIGN = (
    "http://cdn.discordapp.com/attachments/1/2/a.png",
    "https://cdn.discordapp.com:8443/attachments/1/2/a.png",
    "https://cdn.discordapp.com:443/attachments/1/2/a.png",
    "https://cdn.discordapp.com.evil.example/attachments/1/2/a.png",
    "https://evil.example/cdn.discordapp.com/a.png",
    "https://evil.example?cdn.discordapp.com",
    "https://evil.example#cdn.discordapp.com",
    "https://evilcdn.discordapp.com/a.png",
    "https://discordapp.com/a.png",
    "https://someone@cdn.discordapp.com/a.png",
    "https://someone:secret@cdn.discordapp.com/a.png",
    "https://:@cdn.discordapp.com/a.png",
    "https://cdn.discordapp.com@evil.example/a.png",
    "https://cdn.discordapp.com%40evil.example/a.png",
    "https://cdn.discordapp.com\\@evil.example/a.png",
    "https://evil.example\\@cdn.discordapp.com/a.png",
    "https://cdn.discordapp.com\n.evil.example/a.png",
    "https://cdn.discordapp.com/a.png\r\nHost: evil.example",
    "https://cdn.discordapp.com\t/a.png",
    " https://cdn.discordapp.com/a.png",
    "https://cdn.discordapp.com。/a.png",
    "https://ⓒdn.discordapp.com/a.png",
    "https://127.0.0.1/a.png",
    "https://[::1]/a.png",
    "https://[::ffff:127.0.0.1]/a.png",
    "https://2130706433/a.png",
    "https://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "ftp://cdn.discordapp.com/a.png",
    "//cdn.discordapp.com/a.png",
    "cdn.discordapp.com/a.png",
    "https:cdn.discordapp.com/a.png",
    "https:///cdn.discordapp.com/a.png",
    "https://[cdn.discordapp.com/a.png",
    "https://cdn.discordapp.com:port/a.png",
    "",
)

ELSEWHERE = (
    "https://127.0.0.1:8100/attachments/1/2/a.png",
    "http://127.0.0.1:8101/attachments/1/2/a.png",
    "http://127.0.0.1/attachments/1/2/a.png",
    "http://localhost:8100/attachments/1/2/a.png",
    "http://127.0.0.1:8100/_sim/state",
    "http://127.0.0.1:8100/attachments",
    "http://127.0.0.1:8100/attachmentsx/1/2/a.png",
    "http://127.0.0.1:8100/attachments/../_sim/state",
    "http://127.0.0.1:8100/attachments/%2e%2e/_sim/state",
    "http://127.0.0.1:8100/attachments/..%2f_sim/state",
    "http://someone@127.0.0.1:8100/attachments/1/2/a.png",
    "http://127.0.0.1:8100@evil.example/attachments/1/2/a.png",
)


class TestAllowed:
    @pytest.mark.parametrize(
        "url", [FILE, "https://media.discordapp.net/attachments/1/2/a.png", "HTTPS://CDN.discordapp.com/a"]
    )
    def test_are_the_hosts_where_discord_keeps_files(self, url: str) -> None:
        assert allowed(url) is not None
        assert allowed(url, HERE) is not None

    def test_keeps_what_discord_has_signed(self) -> None:
        assert str(allowed(FILE)) == FILE

    @pytest.mark.parametrize("url", FOREIGN)
    def test_is_nothing_that_only_looks_like_them(self, url: str) -> None:
        assert allowed(url) is None
        assert allowed(url, HERE) is None
        assert allowed(url, "https://cdn.discordapp.com/") is None

    def test_is_the_simulator_where_it_was_named(self) -> None:
        assert allowed(f"{HERE}1/2/a.png", HERE) is not None
        assert allowed(f"{HERE}1/2/a.png", HERE.rstrip("/")) is not None
        assert allowed(f"{HERE}1/2/a.png") is None

    @pytest.mark.parametrize("url", ELSEWHERE)
    def test_is_nothing_else_beside_the_simulator(self, url: str) -> None:
        assert allowed(url, HERE) is None

    @given(
        st.lists(
            st.one_of(
                st.sampled_from(
                    ["https://", "http://", *HOSTS, "evil.example", *"@:/\\?#.%[]&;\t\n\r\x00 ", "%2f", "443"]
                ),
                st.text(max_size=3),
            ),
            max_size=8,
        )
    )
    def test_is_read_alike_by_everybody(self, parts: list[str]) -> None:
        """What one reader takes for Discord's host and another for somebody else's passes guards."""
        url = "https://" + "".join(parts)
        address = allowed(url)
        if address is None:
            return
        other = urlsplit(url)
        assert (other.scheme, other.hostname, other.port) == ("https", address.host, None)
        assert other.hostname in HOSTS
        assert other.username is None
        assert URL(str(address)) == address


class TestSafeName:
    @pytest.mark.parametrize(
        ("given_name", "safe"),
        [
            ("proof.png", "proof.png"),
            ("SPOILER_proof of it.png", "SPOILER_proof_of_it.png"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ('a"; filename="b.exe', "a___filename__b.exe"),
            ("a\r\nContent-Type: text/html", "a__Content-Type__text_html"),
            (".htaccess", "htaccess"),
            ("Beweisstück.jpg", "Beweisst_ck.jpg"),
            ("\u202egnp.exe", "_gnp.exe"),
            ("", "file"),
            ("...", "file"),
            ("日本", "file"),
            ("a" * 300 + ".png", "a" * 96 + ".png"),
            ("." + "a" * 300, "a" * 100),
            ("a." + "b" * 300, "a." + "b" * 16),
        ],
    )
    def test_has_only_plain_characters(self, given_name: str, safe: str) -> None:
        assert safe_name(given_name) == safe

    @given(st.text(max_size=200))
    def test_stays_what_it_is_once_it_is_safe(self, name: str) -> None:
        safe = safe_name(name)
        assert 0 < len(safe) <= 100
        assert safe.isascii()
        assert not safe.startswith(".")
        assert safe_name(safe) == safe


class TestSafeKind:
    @pytest.mark.parametrize(
        ("given_kind", "safe"),
        [
            ("image/png", "image/png"),
            ("image/svg+xml", "image/svg+xml"),
            ("text/plain; charset=utf-8", "text/plain"),
            ("text/plain\r\nX-Evil: 1", None),
            ("png", None),
            ("/png", None),
            ("a/b/c", None),
            ("", None),
            (None, None),
        ],
    )
    def test_can_stand_in_a_header(self, given_kind: str | None, safe: str | None) -> None:
        assert safe_kind(given_kind) == safe
