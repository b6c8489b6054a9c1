"""Slack's signature: over the raw body and the time, with the secret of this app, and not for long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from agents.connectors.slack.arriving.signatures import OLDEST, genuine, sign

SECRET, NOW = "signing-secret", 1_800_000_000
BODY = b'{"type":"event_callback","event_id":"Ev1"}'
GOOD = sign(SECRET, str(NOW), BODY)


@given(st.text(max_size=200), st.text(min_size=1, max_size=40).filter(str.strip))
def test_it_is_the_one_that_slacks_own_library_makes(text: str, secret: str) -> None:
    body = text.encode()
    theirs = SignatureVerifier(secret).generate_signature(timestamp=str(NOW), body=body)
    assert sign(secret, str(NOW), body) == theirs
    assert genuine(secret, str(NOW), theirs or "", body, NOW)


@pytest.mark.parametrize("age", [0, 1, OLDEST, -OLDEST])
def test_a_fresh_one_is_genuine(age: int) -> None:
    assert genuine(SECRET, str(NOW), GOOD, BODY, NOW + age)


@pytest.mark.parametrize(
    ("secret", "stamp", "signature", "body", "now"),
    [
        (SECRET, str(NOW), GOOD, BODY, NOW + OLDEST + 1),
        (SECRET, str(NOW), GOOD, BODY, NOW - OLDEST - 1),
        (SECRET, str(NOW + 1), GOOD, BODY, NOW),
        (SECRET, str(NOW), GOOD, BODY + b" ", NOW),
        (SECRET, str(NOW), GOOD, BODY[:-1], NOW),
        ("another", str(NOW), GOOD, BODY, NOW),
        ("", str(NOW), sign("", str(NOW), BODY), BODY, NOW),
        (SECRET, "", sign(SECRET, "", BODY), BODY, NOW),
        (SECRET, f" {NOW}", sign(SECRET, f" {NOW}", BODY), BODY, NOW),
        (SECRET, f"{NOW}.0", sign(SECRET, f"{NOW}.0", BODY), BODY, NOW),
        (SECRET, "١٨٠٠٠٠٠٠٠٠", sign(SECRET, "١٨٠٠٠٠٠٠٠٠", BODY), BODY, NOW),
        (SECRET, str(NOW), "", BODY, NOW),
        (SECRET, str(NOW), GOOD.upper(), BODY, NOW),
        (SECRET, str(NOW), GOOD.replace("v0", "v1"), BODY, NOW),
        (SECRET, str(NOW), GOOD + "é\udce9", BODY, NOW),
        (SECRET, str(NOW), f"{GOOD},{GOOD}", BODY, NOW),
    ],
)
def test_anything_else_is_not(secret: str, stamp: str, signature: str, body: bytes, now: int) -> None:
    assert not genuine(secret, stamp, signature, body, now)
