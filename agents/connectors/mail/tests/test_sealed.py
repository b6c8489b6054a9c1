"""Mails that only their recipient can open, and signatures: one line says what they are, and nobody is fooled."""

import base64

import pytest

from agents.connectors.mail.tests.letters import mixed, read
from agents.connectors.mail.wrapped import ENCRYPTED, UNCHECKED

SHUT = "308006092a864886f70d010703a080300000000000"
NEWER = "3080060b2a864886f70d0109100117a080308000"
PACKED = "3080060b2a864886f70d0109100109a080308000"
BASE64 = "Content-Transfer-Encoding: base64\n"


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        ("application/octet-stream; name=smime.p7m", SHUT, "[Encrypted with S/MIME"),
        ("application/octet-stream; name=smime.p7m", SHUT[:40], "[Encrypted with S/MIME"),
        ("application/pkcs7-mime", NEWER, "[Encrypted with S/MIME"),
        ("application/pkcs7-mime; smime-type=authEnveloped-data", "00", "[Encrypted with S/MIME"),
        ("application/pkcs7-mime; name=smime.p7z", PACKED, "[Packed with S/MIME"),
        ("application/pkcs7-mime; smime-type=certs-only", "00", "[Certificates for S/MIME"),
        ("application/x-microsoft-rpmsg-message; name=message.rpmsg", "00", "[Protected by Microsoft"),
    ],
)
def test_one_line_says_what_it_is(kind: str, data: str, says: str) -> None:
    mail = read(kind, base64.encodebytes(bytes.fromhex(data)), BASE64)
    assert mail.text.startswith(says)
    assert (ENCRYPTED in mail.problems) is (data in {SHUT, SHUT[:40], NEWER})


def test_pgp_that_a_mail_server_took_apart() -> None:
    mail = mixed(
        ("text/plain", b""),
        ("application/pgp-encrypted", b"Version: 1"),
        ("application/octet-stream; name=encrypted.asc", b"-----BEGIN PGP MESSAGE-----"),
    )
    assert mail.text == "[Encrypted with PGP: only its recipient can read it.]"
    whole = mixed(
        ("application/pgp-encrypted", b"Version: 1"),
        ("application/octet-stream", b"-----BEGIN PGP MESSAGE-----"),
        kind='encrypted; protocol="application/pgp-encrypted"',
    )
    assert (whole.text, whole.problems) == (mail.text, (ENCRYPTED,))
    assert len(whole.attachments) == 2


def test_a_signature_beside_the_text_proves_nothing_either() -> None:
    for kind in (
        "application/pgp-signature; name=signature.asc",
        "application/pkcs7-signature; name=smime.p7s",
    ):
        mail = mixed(("text/plain", b"Could you call?"), (kind, b"x"), kind="signed")
        assert (mail.text, mail.problems) == ("Could you call?", (UNCHECKED,))
