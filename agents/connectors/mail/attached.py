"""``mail.attachment``: the text of one file that came with a mail. What reads it has bounds and knows nothing of us."""

import subprocess
import sys
from pathlib import Path

from agents.connectors.base import CallContext, ConnectionContext, ConnectorError, Result
from agents.connectors.mail import decoding, parse
from agents.connectors.mail.body import LONGEST_PLAIN, Attachment
from agents.connectors.mail.mailbox import Mailbox
from agents.connectors.mail.reaching import reached

LONGEST = 20_000  # characters of its text that are shown
SECONDS = 30.0  # for one document
PROGRAM = Path(__file__).with_name("extracting.py")
OFFICE = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
BY_ENDING = {
    **dict.fromkeys(("docx", "docm", "dotx"), "docx"),
    **dict.fromkeys(("xlsx", "xlsm"), "xlsx"),
    **dict.fromkeys(("pptx", "pptm", "ppsx"), "pptx"),
    **dict.fromkeys(("odt", "ods", "odp"), "odf"),
}
BY_TYPE = {
    f"{OFFICE}wordprocessingml.document": "docx",
    f"{OFFICE}spreadsheetml.sheet": "xlsx",
    f"{OFFICE}presentationml.presentation": "pptx",
    f"{ODF}text": "odf",
    f"{ODF}spreadsheet": "odf",
    f"{ODF}presentation": "odf",
}
TEXTS = ("txt", "csv", "tsv", "md", "log", "json", "xml", "yaml", "yml", "ics", "vcf", "html", "htm")


def read_attachment(mailbox: Mailbox, connection: ConnectionContext, call: CallContext) -> Result:
    found, number = reached(mailbox, call, call.arguments["message"], parse.LARGEST), call.arguments["number"]
    there = parse.parse(found.data, found.size).attachments
    if not 1 <= number <= len(there):
        raise ConnectorError(f"The message has {len(there)} attachments. Name one by its number, from 1.")
    chosen = there[number - 1]
    text = decoding.clean_text(_text(chosen)).strip()
    data = {
        "message": found.message.id,
        "number": number,
        "name": chosen.name,
        "type": chosen.type,
        "bytes": chosen.bytes,
        "text": decoding.beginning(text, LONGEST),
    }
    if len(text) > LONGEST:
        data["shortened"] = True
    return Result(data, "Read one attachment", {"read": 1})


def _text(chosen: Attachment) -> str:
    """Raises ConnectorError where it is a kind of file that is not read, or holds no text."""
    if chosen.part is None:
        raise ConnectorError("That attachment is not read: it stands inside of the text.")
    data, ending = chosen.part.decoded, chosen.name.rpartition(".")[2].lower()
    if data.startswith(b"%PDF"):
        text = _extracted("pdf", data)
    elif data.startswith(b"PK") and (kind := BY_TYPE.get(chosen.type) or BY_ENDING.get(ending)):
        text = _extracted(kind, data)
    elif chosen.type.startswith("text/") or ending in TEXTS or chosen.type == "application/json":
        charset = chosen.part.parameter("content-type", "charset")
        text = decoding.decode(data[:LONGEST_PLAIN], charset, decoding.Problems(), "It")
        if chosen.type == "text/html" or ending in ("html", "htm"):
            from agents.connectors.mail.seen import page

            text = page.read(text).text
    else:
        raise ConnectorError("Only plain text, PDF and office documents are read.")
    if not text.strip():
        raise ConnectorError("The document holds no text; it may be a picture of one.")
    return text


def _extracted(kind: str, data: bytes) -> str:
    """By a program of its own, so that a document can break, fill or hold nothing of ours."""
    refused = ConnectorError("The document cannot be read: it is broken, locked, or larger than it says.")
    command = [sys.executable, "-I", str(PROGRAM), kind]
    variables = {"PYTHONIOENCODING": "utf-8:replace", "PYTHONUTF8": "1"}
    try:
        done = subprocess.run(command, input=data, capture_output=True, env=variables, timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise refused from error
    if done.returncode and not done.stdout:
        raise refused
    return done.stdout.decode("utf-8", "replace")
