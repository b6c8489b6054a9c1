"""The encryption of pushes against the examples of the standards themselves, and against what a browser does."""

import json

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from portal.push import vapid
from portal.push.encryption import CURVE, MOST, RECORD, STEP, encrypt, public_bytes
from portal.push.vapid import decoded, encoded
from tests.portal.push_service import Browser, signed_by

# RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
THEIR_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
# RFC 8292, section 2.4.
VAPID = (
    "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0NTM1MjM3Njgs"
    "InN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L"
    "9OkSSHzvoD1oA, k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
)


def test_the_example_of_the_standard_byte_for_byte():
    own = vapid.private(OURS)
    made = encrypt(TEXT, decoded(THEIRS), decoded(AUTH), own=own, salt=decoded(SALT), fill=False)
    assert encoded(made) == BODY
    assert Browser(THEIR_KEY, AUTH).reads(made) == TEXT


def test_the_test_server_reads_signatures_as_the_standard_writes_them():
    claims = signed_by(VAPID)
    assert claims == {"aud": "https://push.example.net", "exp": 1453523768, "sub": "mailto:push@example.com"}
    with pytest.raises(AssertionError):
        signed_by(VAPID.replace("i3CYb7t4", "i3CYb7t5"))


@given(st.binary(max_size=MOST))
def test_only_the_browser_reads_it_and_its_length_says_little(text):
    browser = Browser()
    made = encrypt(text, decoded(browser.p256dh), decoded(browser.auth))
    assert browser.reads(made) == text
    assert len(made) <= RECORD
    assert (len(made) - 86 - 16) % STEP == 0 or len(text) > MOST - STEP
    with pytest.raises(InvalidTag):
        Browser().reads(made)


def test_never_twice_the_same():
    browser = Browser()
    made = [encrypt(TEXT, decoded(browser.p256dh), decoded(browser.auth)) for _ in range(3)]
    assert len({one[:16] for one in made}) == len({one[21:86] for one in made}) == 3


def test_what_is_too_long_or_no_key():
    browser = Browser()
    with pytest.raises(ValueError, match="more than a push service takes"):
        encrypt(bytes(MOST + 1), decoded(browser.p256dh), decoded(browser.auth))
    off_the_curve = bytes([4]) + bytes(63) + b"\x01"
    for wrong in (b"", bytes(65), off_the_curve, decoded(browser.p256dh)[:-1]):
        with pytest.raises(ValueError, match=r"no uncompressed point|[Ii]nvalid|[Uu]nsupported"):
            encrypt(TEXT, wrong, decoded(browser.auth))


def test_a_token_is_for_one_service_and_ends_within_a_day():
    key = vapid.new()
    header = vapid.authorization(
        key, "https://push.example.net:8443/send/abc?x=1", "https://portal.example", 1000.5
    )
    assert signed_by(header) == {
        "aud": "https://push.example.net:8443",
        "exp": 1000 + 12 * 3600,
        "sub": "https://portal.example",
    }
    assert header.endswith(f", k={vapid.public(key)}")
    assert json.loads(decoded(header.split()[1][2:].split(".")[0]))["alg"] == "ES256"


def test_a_key_comes_back_as_it_was():
    short = ec.derive_private_key(7, CURVE)  # its number begins with zeros
    stored = encoded((7).to_bytes(32))
    assert vapid.public(stored) == encoded(public_bytes(short.public_key()))
    assert len({vapid.new() for _ in range(4)}) == 4
    for wrong in ("a b", "ä", "a+b"):
        with pytest.raises(ValueError, match="base64url"):
            decoded(wrong)
