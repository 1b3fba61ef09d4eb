"""Links are read as browsers read them."""

import pytest
from pydantic import ValidationError

from app.automod.addresses import ascii_host, host_of, is_within, is_within_one, links_in, unicode_host
from app.automod.text import Form
from app.automod.triggers.links import TRIGGER, Links
from tests.support.trying import said, tried

RUSSIAN = "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444"
DENIED = ("evil.com", "*.bad.example", "https://t.me/x", RUSSIAN)
ALLOWED = ("discord.com", "youtube.com")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://evil.com", "evil.com"),
        ("http://a.EVIL.com./x", "evil.com"),
        ("evil.com", "evil.com"),
        ("evil . com", "evil.com"),
        ("evil(dot)com", "evil.com"),
        ("ev\u200bil.com", "evil.com"),
        ("\u0435vil.com", "evil.com"),
        ("https://user@evil.com:80/", "evil.com"),
        ("https://e%76il.com", "evil.com"),
        ("see <https://x.bad.example/a>.", "bad.example"),
        ("[here](https://evil.com)", "evil.com"),
        ("t.me/abc", "t.me"),
        (f"https://{RUSSIAN}/", RUSSIAN),
        ("https://xn--e1afmkfd.xn--p1ai", RUSSIAN),
        ("https://xn--vil-qdd.com", "xn--vil-qdd.com"),
    ],
)
def test_a_denied_domain_is_found(text: str, host: str) -> None:
    match = tried(TRIGGER, text, domains=DENIED)
    assert match is not None
    assert match.facts["host"] == host
    assert said(match) == f"a link to {host}"


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.com.au/",
        "https://notevil.com",
        "don't. me too",
        "evil. Come here",
        "https://example.org",
        "[README.md](https://youtube.com/a)",
        "[https://youtube.com/x](https://www.youtube.com/x)",
        "https://user:secret@example.org",
    ],
)
def test_another_domain_is_not(text: str) -> None:
    assert tried(TRIGGER, text, domains=DENIED) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://discord.com/a",
        "https://sub.youtube.com and <https://youtube.com>",
        "https://youtube.com.",
        "(https://youtube.com)",
        "https://youtube\u3002com/",
        "HTTPS://YOUTUBE.COM:443/",
        "http://youtube.com\\@other.org",
        "http://youtube.com#@other.org",
        "example.org is a name, 24/7 and 3.5/5 are numbers",
        "e.g. this. And that",
    ],
)
def test_links_to_allowed_domains_may_be_posted(text: str) -> None:
    assert tried(TRIGGER, text, listed="allow", domains=ALLOWED) is None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://other.org", "other.org"),
        ("hxxps://other.org", "other.org"),
        ("https://dis\u0441ord.com/a", "xn--disord-krf.com"),
        ("https://youtube.com.evil.org", "youtube.com.evil.org"),
        ("www.other.org", "www.other.org"),
        ("other.org/abc", "other.org"),
        ("https:\\\\other.org", "other.org"),
        ("https://[::1]/", "[::1]"),
        ("https://3232235777/", "3232235777"),
        ("[click](<https://other.org>)", "other.org"),
        ("https://oth\u00ader.org", "other.org"),
    ],
)
def test_links_to_any_other_may_not(text: str, host: str) -> None:
    match = tried(TRIGGER, text, listed="allow", domains=ALLOWED)
    assert match is not None
    assert (match.facts["host"], match.form) == (host, Form.WRITTEN)


@pytest.mark.parametrize(
    "text",
    [
        "https://discord.com@evil.example/",
        "[discord.com](https://evil.example)",
        "[discord\u3002com](https://evil.example)",
        "[**discord.com**/gift](https://evil.example)",
        "[https://discord.com/x](<http://evil.example>)",
    ],
)
def test_a_link_that_leads_elsewhere_than_it_looks_is_found_unless_that_is_not_asked_for(text: str) -> None:
    assert said(tried(TRIGGER, text)) == "a link that looks like discord.com and leads to evil.example"
    assert tried(TRIGGER, text, domains=("other.org",), deceptive=False) is None


def test_what_gifts_are_promised_by_is_a_site_and_a_file_is_none() -> None:
    match = tried(TRIGGER, "[discord.gift/abc](https://evil.example)")
    assert said(match) == "a link that looks like discord.gift and leads to evil.example"
    for name in ("README.md", "main.rs", "setup.py", "v1.2.3", "a.zip"):
        assert tried(TRIGGER, f"[{name}](https://example.org/a)") is None


@pytest.mark.parametrize("domain", ["", "nowhere", "a b", "http://"])
def test_what_is_no_domain_is_refused(domain: str) -> None:
    with pytest.raises(ValidationError):
        Links(domains=(domain,))


def test_a_rule_that_can_find_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="nothing can ever be found"):
        Links(deceptive=False)
    assert Links(listed="allow").domains == ()


def test_hosts_are_written_in_one_way() -> None:
    assert Links(domains=("HTTPS://Evil.COM/x", "*.a.org")).domains == ("evil.com", "a.org")
    assert ascii_host("B\u00fccher.DE.") == "xn--bcher-kva.de"
    assert unicode_host("xn--bcher-kva.de") == "b\u00fccher.de"
    assert unicode_host("xn--\u0000.de") == "xn--\u0000.de"
    assert host_of("a%40b@c.org:1/x") == ("c.org", "a@b")
    assert ascii_host("x" * 70 + "\u00fc.de").endswith(".de")
    assert is_within("a.b.c", "b.c")
    assert not is_within("ab.c", "b.c")
    many = frozenset({"b.c", "x.org"})
    assert [is_within_one(host, many) for host in ("a.b.c", "b.c", "ab.c", "c", "", "x.org.c")] == [
        *(True, True),
        *(False, False, False, False),
    ]
    assert [link.host for link in links_in("https://a.org https://b.org")] == ["a.org", "b.org"]
