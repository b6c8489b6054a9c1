"""Special kinds of parts: text where there is text, else one line that says what it is."""

import base64
import binascii
import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from agents.connectors.mail import blocks, kinds, signed
from agents.connectors.mail.outlook import properties, rich_text
from agents.connectors.mail.tests.letters import mixed, read
from agents.connectors.mail.tests.outlook_files import rich, winmail

EVENT = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:1
SUMMARY:Budget\\, part two
DTSTART;TZID=Europe/Berlin:20261005T140000
DTEND;TZID=Europe/Berlin:20261005T153000
LOCATION:Room 4
ORGANIZER;CN=Ada Osei:mailto:ada@example.org
ATTENDEE;PARTSTAT={state};CN="Bo, Lee":mailto:bo@example.org
DESCRIPTION:Bring the figures.
RRULE:FREQ=WEEKLY;COUNT=3
END:VEVENT
END:VCALENDAR
"""


def test_an_invitation_in_words() -> None:
    event = EVENT.format(method="REQUEST", state="NEEDS-ACTION").encode()
    mail = mixed(
        ("text/plain", b"Please come."), ("text/calendar; method=REQUEST", event), kind="alternative"
    )
    assert mail.text.splitlines() == [
        "Please come.",
        "",
        "[Calendar: an invitation, which asks for a yes or no]",
        "What: Budget, part two",
        "When: Mon 2026-10-05 14:00 to 15:30 (Europe/Berlin)",
        "Repeats: freq weekly, count 3",
        "Where: Room 4",
        "Organizer: Ada Osei <ada@example.org>",
        "Invited: Bo, Lee <bo@example.org>",
        "Notes: Bring the figures.",
    ]
    twice = mixed(("text/calendar", event), ("application/ics; name=invite.ics", event))
    assert twice.text.count("Room 4") == 1
    assert [one.name for one in twice.attachments] == ["(no name)", "invite.ics"]
    answer = read("text/calendar", EVENT.format(method="REPLY", state="DECLINED").encode()).text
    assert "an answer to an invitation" in answer
    assert "Answer: Bo, Lee <bo@example.org> (does not come)" in answer
    assert (
        "a meeting is cancelled"
        in read("text/calendar", EVENT.format(method="CANCEL", state="").encode()).text
    )
    days = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Fair\nDTSTART;VALUE=DATE:20261005\nDTEND;VALUE=DATE:20261008\n"
    mail = read("text/calendar", days + b"END:VEVENT\nEND:VCALENDAR")
    assert "When: Mon 2026-10-05 to Wed 2026-10-07, all day" in mail.text
    assert "It has a calendar part that cannot be read." in read("text/calendar", b"nonsense").problems
    broken = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Fair\\, again\nDTSTART:soon\nLOCATION:Hall\n"
    assert read("text/calendar; method=REQUEST", broken).text == (
        "[Calendar: an invitation, which asks for a yes or no; parts of it cannot be read]\n"
        "What: Fair, again\nBegins: soon\nWhere: Hall"
    )


def test_winmail_dat() -> None:
    page = (
        r"{\rtf1\ansi\ansicpg1251\fromhtml1 {\*\htmltag <b>}\htmlrtf \b \htmlrtf0 "
        r"\'ca\'ee\'e3\'e4\'e0?{\*\htmltag </b>}}"
    )
    data = winmail({properties.CLASS: "IPM.Note", properties.RICH: rich(page)}, [("März.pdf", b"abc")])
    mail = mixed(("text/plain", b""), ('application/ms-tnef; name="winmail.dat"', data))
    assert (mail.text, mail.problems) == ("Когда?", ())
    assert [(one.name, one.bytes) for one in mail.attachments] == [("März.pdf", 3)]
    told = "could you please tell me when the lamps that I ordered come back"
    both = mixed(
        ("text/plain", told.encode()), ("application/ms-tnef", winmail({properties.PLAIN: told + "?"}))
    )
    assert both.text == told
    about = {properties.SUBJECT: "Fair", properties.BEGINS: 134356860000000000, properties.PLACE: "Hall"}
    asked = winmail({properties.CLASS: "IPM.Schedule.Meeting.Request", **about})
    meeting = read(
        "application/ms-tnef", base64.encodebytes(asked), "Content-Transfer-Encoding: base64\n"
    ).text
    assert meeting == (
        "[Calendar: an invitation, which asks for a yes or no]\nWhat: Fair\nWhen: 2026-10-05 15:00 UTC\nWhere: Hall"
    )
    broken = mixed(("text/plain", b""), ("application/ms-tnef", b"\x78\x9f\x3f"))
    assert broken.problems == ("Its text is in Outlook’s own form (winmail.dat), which cannot be read.",)


def test_packed_rich_text() -> None:
    """The example of MS-OXRTFCP."""
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert rich_text.unpacked(packed) == rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n"
    assert rich_text.read(packed) == ("text/plain", "hello world")


def test_signed_and_encrypted() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ada")])
    day = datetime.datetime(2026, 1, 1)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(day).not_valid_after(day + datetime.timedelta(days=9))
    mail_inside = b"Content-Type: text/html; charset=utf-8\n\n<p>Could you cancel it?</p>\n"
    builder = pkcs7.PKCS7SignatureBuilder().set_data(mail_inside)
    builder = builder.add_signer(built.sign(key, hashes.SHA256()), key, hashes.SHA256())
    whole = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    smime = 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"'
    mail = read(smime, base64.encodebytes(whole), "Content-Transfer-Encoding: base64\n")
    assert (mail.text, mail.attachments) == ("Could you cancel it?", ())
    assert mail.problems == ("It is signed; nobody has checked the signature.",)
    # The same in pieces without lengths, as streaming programs write it.
    pieces = b"".join(b"\x04" + bytes([len(one)]) + one for one in (mail_inside[:30], mail_inside[30:]))
    streamed = bytes.fromhex(
        "308006092a864886f70d010702a080308002010131003080 06092a864886f70d010701a0802480"
    )
    streamed += pieces + bytes(12)
    assert signed.content(streamed) == (signed.SIGNED, mail_inside)
    shut = bytes.fromhex("308006092a864886f70d010703a080300000000000")
    mail = read("application/x-pkcs7-mime", base64.encodebytes(shut), "Content-Transfer-Encoding: base64\n")
    assert mail.text == "[Encrypted with S/MIME: only its recipient can read it.]"
    assert "It is encrypted; only its recipient can read it." in mail.problems
    pgp = read(
        'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b', b"--b\n\nVersion: 1\n--b--\n"
    )
    assert pgp.text.startswith("[Encrypted with PGP: only its recipient can read it.]")
    inline = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHi\n- -- \nAda\n"
    inline += "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n"
    mail = read("text/plain", inline.encode())
    assert (mail.text, mail.problems) == (
        "Hi\n-- \nAda",
        ("It is signed; nobody has checked the signature.",),
    )
    secret = "Hi\n-----BEGIN PGP MESSAGE-----\n\nabc=\n-----END PGP MESSAGE-----\nAda"
    assert blocks.read(secret).text == "Hi\n[Encrypted with PGP: only its recipient can read it.]\nAda"


def test_files_in_a_text() -> None:
    data = bytes(range(256)) * 8
    lines = b"".join(binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    for end in (b"`\nend\n", b" \nend\n", b"end\n", b""):
        mail = read("text/plain", b"Look:\n\nbegin 644 a b.jpg\n" + lines + end + b"Thanks\n")
        assert mail.text.split() == ["Look:", "Thanks"]
        assert [(one.name, one.bytes) for one in mail.attachments] == [("a b.jpg", 2048)]
    assert (
        read("text/plain", b"begin 644 words\nand nothing else").text == "begin 644 words\nand nothing else"
    )
    whole = b"begin 644 t.txt\n" + binascii.b2a_uu(b"hello") + b"`\nend\n"
    assert read("text/plain", whole, "Content-Transfer-Encoding: x-uuencode\n").text == "hello"
    yenc = "a\n=ybegin line=128 size=12 name=a.bin\n\x01\x02\n=yend size=12\nb"
    assert (blocks.read(yenc).files, blocks.read(yenc).text) == ([("a.bin", 12)], "a\n\nb")
    hexed = "a\n(This file must be converted with BinHex 4.0)\n\n:abcd\nefgh:\nb"
    assert (blocks.read(hexed).files, blocks.read(hexed).text) == ([("(no name)", 7)], "a\n\nb")


def test_which_texts_are_files() -> None:
    log = mixed(('text/plain; name="server.log"', b"INFO nothing"), ("text/plain", b"Could you look?"))
    assert (log.text, [one.name for one in log.attachments]) == ("Could you look?", ["server.log"])
    alone = mixed(('text/plain; name="letter.txt"', b"Could you look?"))
    assert alone.text == "Could you look?"
    file = ("application/pdf; name=a.pdf", b"x")
    cut = mixed(("text/plain", b"One."), file, ("text/plain; name=ATT00001.txt", b"Two."))
    assert cut.text == "One.\n\nTwo."
    for kind in ("text/markdown", "text/x-unknown", "text", "TEXT/PLAIN ; x", "text/rfc822-headers"):
        assert read(kind, b"# Hello").text == "# Hello", kind
    named = mixed(("text/plain", b"Hi"), ("text/html; name=page.html", b"<p>Page"))
    assert (named.text, [one.name for one in named.attachments]) == ("Hi", ["page.html"])
    form = mixed(
        ("text/plain; name=a.txt", b"Hi there, you"),
        ("text/html; name=a.html", b"<p>Hi there, you"),
        kind="alternative",
    )
    assert (form.text, form.attachments) == ("Hi there, you", ())
    styled = mixed(("text/html", b"<p>Hi"), ("text/css", b"p {}"), kind="related")
    assert styled.text == "Hi"
    late = "--b\nContent-Type: text/css\n\np {}\n--b\n"
    late += "Content-Type: text/html; name=a.html\nContent-ID: <page>\n\n<p>Hi\n--b--\n"
    assert read('multipart/related; boundary=b; start="<page>"', late.encode()).text == "Hi"
    assert read("text/rtf", b"{\\rtf1 Hi \\b there\\b0 .\\par}").text == "Hi there."
    assert read("message/partial; number=2; total=3", b"x").text.startswith("[Piece 2 of 3 of a mail")
    flowed = "Could you \ntell me?\n> She \n> said so\n-- \nAda"
    assert kinds.flowed(flowed, joined_without_space=False) == "Could you tell me?\n> She said so\n-- \nAda"
    assert kinds.flowed("東 \n京", joined_without_space=True) == "東京"
