"""Which addresses a limit lets in: a domain means exactly that domain, and nothing that only looks like it."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.policy.limits import in_words, within

COMPANY = {"only": ["@example.com"]}

OUTSIDE = {
    "display name": "Mia <mia@example.com>",
    "name that is an address": '"mia@example.com" <eve@evil.org>',
    "two with a comma": "mia@example.com,eve@evil.org",
    "two, ours last": "eve@evil.org,mia@example.com",
    "two with a space": "eve@evil.org mia@example.com",
    "two with a semicolon": "eve@evil.org;mia@example.com",
    "two with a line end": "eve@evil.org\nmia@example.com",
    "a header in it": "mia@example.com\nBcc: eve@evil.org",
    "line end after": "mia@example.com\n",
    "space before": " mia@example.com",
    "sub-domain": "mia@mail.example.com",
    "parent": "mia@com",
    "longer domain": "mia@example.com.evil.org",
    "domain with a prefix": "mia@evilexample.com",
    "trailing dot": "mia@example.com.",
    "two dots": "mia@example..com",
    "userinfo": "mia@example.com@evil.org",
    "userinfo, ours last": "eve@evil.org@example.com",
    "as a link": "mailto:mia@example.com",
    "link with query": "mia@example.com?bcc=eve@evil.org",
    "port": "mia@example.com:25",
    "path": "mia@example.com/x",
    "punycode": "mia@xn--exmple-cua.com",
    "Cyrillic a": "mia@ex\u0430mple.com",
    "Cyrillic in the name": "mi\u0430@example.com",
    "Kelvin sign": "mia@example.co\u212a",
    "full-width at": "mia\uff20example.com",
    "full-width dot": "mia@example\uff0ecom",
    "ideographic dot": "mia@example\u3002com",
    "zero width in the domain": "mia@exam\u200bple.com",
    "zero width in the name": "m\u200bia@example.com",
    "soft hyphen": "mia@exam\u00adple.com",
    "turned around": "\u202emoc.live@example.com",
    "variation selector": "mia\ufe0f@example.com",
    "percent-encoded": "mia%40evil.org@example.com",
    "percent route": "eve%evil.org@example.com",
    "bang path": "evil.org!eve@example.com",
    "source route": "@evil.org:mia@example.com",
    "quoted name": '"mia"@example.com',
    "quoted at": '"eve@evil.org "@example.com',
    "backslash": "eve\\@evil.org@example.com",
    "comment": "mia(eve@evil.org)@example.com",
    "comment in domain": "mia@example.com(evil.org)",
    "IP literal": "mia@[192.0.2.1]",
    "IP": "mia@192.0.2.1",
    "no name": "@example.com",
    "dot first": ".mia@example.com",
    "dot last": "mia.@example.com",
    "dots": "m..ia@example.com",
    "star": "*@example.com",
    "no domain": "mia@",
    "nothing": "",
    "bare domain": "example.com",
    "long name": f"{'a' * 65}@example.com",
}
INSIDE = [
    "mia@example.com",
    "MIA@Example.COM",
    "mia+tag@example.com",
    "m.p-x_1@example.com",
    "o'brien@example.com",
]


@pytest.mark.parametrize("address", OUTSIDE.values(), ids=list(OUTSIDE))
def test_tricks_do_not_get_in(address: str) -> None:
    for pattern in ("@example.com", "*@example.com", "*@*example.com", "m*@example.com"):
        assert not within({"only": [pattern]}, address), pattern
    assert not within(COMPANY, ["mia@example.com", address])


@pytest.mark.parametrize("address", INSIDE)
def test_plain_addresses_do(address: str) -> None:
    assert within(COMPANY, address)
    assert within({"only": ["*@example.com"]}, [address])
    assert not within({"only": ["@*.example.com"]}, address)


@pytest.mark.parametrize(
    ("host", "below"),
    [
        ("a.example.com", True),
        ("b.a.example.com", True),
        ("example.com", False),
        ("evilexample.com", False),
        (".example.com", False),
        ("a..example.com", False),
        ("-.example.com", False),
        ("xn--80ak6aa92e.example.com", False),
        ("\u0430.example.com", False),
        ("a.example.com.", False),
        ("a.example.com.evil.org", False),
        ("evil.org/.example.com", False),
        ("evil.org#.example.com", False),
    ],
)
def test_sub_domains_only_where_granted(host: str, below: bool) -> None:
    assert within({"only": ["@*.example.com"]}, f"mia@{host}") is below
    assert within(COMPANY, f"mia@{host}") is (host == "example.com")


@pytest.mark.parametrize("pattern", ["*", "m*", "*m", "*.com", "*example.com"])
def test_a_glob_of_names_is_no_way_round_to_an_address(pattern: str) -> None:
    assert within({"only": [pattern]}, "mia@example.com") is (pattern == "*")


@pytest.mark.parametrize(
    "value", ["News/../Private", "../News", "News/..", "News\\..\\x", "News%2F..", "News\u3164"]
)
def test_a_star_leads_to_no_other_folder(value: str) -> None:
    assert not within({"only": ["News*"]}, value)
    assert not within({"only": ["*News*"]}, value)
    assert within({"only": [value]}, value)


def test_what_is_written_exactly_is_meant() -> None:
    for exact in ("mia@b\u00fccher.example", "mia@xn--bcher-kva.example", "Mia <mia@example.com>", "100%"):
        assert within({"only": [exact]}, exact)
    assert within({"only": ["@b\u00fccher.example"]}, "mia@b\u00fccher.example")
    assert within({"only": ["@xn--bcher-kva.example"]}, "mia@xn--bcher-kva.example")
    assert not within({"only": ["*@*"]}, "mia@xn--bcher-kva.example")


NOISE = st.text(st.sampled_from(string.ascii_letters[:6] + "@.*%!<>\"',; \n\u200b\u0430-+"), max_size=12)


@given(NOISE, NOISE, st.sampled_from(["example.com", "EXAMPLE.com", "a.example.com", "evil.org"]))
def test_whoever_is_inside_has_one_at_and_the_domain(before: str, after: str, host: str) -> None:
    value = f"{before}@{host}{after}"
    if within(COMPANY, value):
        name, _, domain = value.partition("@")
        assert domain.lower() == "example.com"
        assert name.isascii()
        assert not set(name) & set('<>"%!,; \n@()')


def test_look_alikes_in_an_address_are_spelled_out() -> None:
    assert in_words({"only": ["@ex\u0430mple.com"]}).endswith("(“\u0430” is U+0430)")
    assert in_words({"only": ["\u00c4mter"]}) == "“\u00c4mter”"
    assert in_words({"only": ["@example.com", "@*.example.com", "l*@x.org"]}) == (
        "addresses at example.com, addresses below example.com or “l*@x.org”"
    )
    assert in_words({"only": ["*@*"]}) == "any address"
    assert in_words({"only": ["*"]}) == "anything"
