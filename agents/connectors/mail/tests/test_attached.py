"""The text of what came with a mail: plain, PDF, office documents; hostile ones hold nobody up and tell nothing."""

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from agents.connectors.base import ConnectorError
from agents.connectors.mail import attached
from agents.connectors.mail.tests.mailbox_copy import Mailbox

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
O = 'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'  # fmt: skip # noqa: E501, E741
LAUGHS = (
    "<!DOCTYPE x ["
    + '<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


def zipped(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return file.getvalue()


def pdf(text: str) -> bytes:
    """As small as a page with words can be."""
    stream = f"BT /F1 12 Tf 9 9 Td ({text}) Tj ET".encode()
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"
        % (len(stream), stream)
        + b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    )


DOCX = zipped(word__document_xml=f"<w:d {W}><w:p><w:t>Lamp</w:t></w:p><w:p><w:t>12 Euro</w:t></w:p></w:d>")
XLSX = zipped(
    xl__sharedStrings_xml=f"<sst {S}><si><t>Lamp</t></si></sst>",
    xl__worksheets__sheet1_xml=f'<ws {S}><row><c t="s"><v>0</v></c><c><v>12</v></c></row></ws>',
)
PPTX = zipped(ppt__slides__slide1_xml=f"<p {A}><a:p><a:t>Lamp</a:t></a:p><a:p><a:t>12 Euro</a:t></a:p></p>")
ODT = zipped(content_xml=f"<o:d {O}><t:p>Lamp</t:p><t:p>12 <t:span>Euro</t:span></t:p></o:d>")
BOMB = zipped(word__document_xml=f"<w:d {W}>{'<w:p><w:t>ha</w:t></w:p>' * 3_000_000}</w:d>")
GOOD = [
    ("a.txt", b"Lamp\n12 Euro", ["Lamp", "12 Euro"]),
    ("a.html", b"<p>Lamp</p><p style='display:none'>no</p><p>12 Euro</p>", ["Lamp", "12 Euro"]),
    ("a.docx", DOCX, ["Lamp", "12 Euro"]),
    ("a.xlsx", XLSX, ["Lamp\t12"]),
    ("a.pptx", PPTX, ["Lamp", "12 Euro"]),
    ("a.odt", ODT, ["Lamp", "12 Euro"]),
    ("a.pdf", pdf("Lamp 12 Euro"), ["Lamp 12 Euro"]),
]
BAD = [
    ("a.exe", b"MZ\0\0", "Only plain text, PDF and office"),
    ("a.pdf", b"%PDF-1.4 nothing", "cannot be read"),
    ("a.pdf", pdf(""), "holds no text"),
    ("a.docx", b"PK\3\4broken", "cannot be read"),
    ("a.docx", zipped(word__document_xml=f"{LAUGHS}<w:d {W}><w:t>&a9;</w:t></w:d>"), "cannot be read"),
]


@pytest.fixture
def box(tmp_path: Path, settings: Any) -> Mailbox:
    settings.MAIL_ROOT = tmp_path
    made, mail = Mailbox(tmp_path), EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", "Files"
    mail.set_content("See below.")
    for name, data in [(name, data) for name, data, _ in (*GOOD, *BAD)] + [("bomb.docx", BOMB)]:
        mail.add_attachment(data, "application", "octet-stream", filename=name)
    (made.path / "new" / "2000000000.x.test").write_bytes(mail.as_bytes())
    return made


def test_documents(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(number: int) -> dict[str, Any]:
        found: dict[str, Any] = box.call("attachment", message="2000000000.x.test", number=number).data
        return found

    for number, (name, data, lines) in enumerate(GOOD, 1):
        said = read(number)
        assert (said["name"], said["bytes"]) == (name, len(data))
        assert [line for line in said["text"].splitlines() if line.strip()] == lines, name
    for number, (name, _, words) in enumerate(BAD, len(GOOD) + 1):
        with pytest.raises(ConnectorError, match=words):
            pytest.fail(f"{name}: {read(number)}")
    bomb = read(len(GOOD) + len(BAD) + 1)
    assert (len(bomb["text"]), bomb["shortened"]) == (attached.LONGEST, True)
    for wrong in (0, -1, 99):
        with pytest.raises(ConnectorError, match="13 attachments"):
            read(wrong)


def test_what_reads_documents_knows_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAL_ENCRYPTION_KEYS", "secret")
    shown = tmp_path / "shown.py"
    shown.write_text(
        "import os\nprint(sorted(os.environ), sum('agents' in n for n in __import__('sys').modules))"
    )
    monkeypatch.setattr(attached, "PROGRAM", shown)
    said = attached._extracted("pdf", b"")
    assert "PORTAL" not in said
    assert "PATH" not in said
