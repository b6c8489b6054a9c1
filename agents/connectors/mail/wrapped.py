"""Parts that hold a mail of their own in another form: what is inside them, as parts like any."""

from agents.connectors.mail import signed
from agents.connectors.mail.decoding import Problems, clean_header
from agents.connectors.mail.outlook import properties, tnef
from agents.connectors.mail.outlook.properties import Message
from agents.connectors.mail.transfer import from_base64

TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
SMIME = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
ENCRYPTED = "It is encrypted; only its recipient can read it."
UNCODED = {b"MI", b"--"}  # how it begins where nobody said that it is base64
UNCHECKED = "It is signed; nobody has checked the signature."
Inside = list[tuple[list[tuple[str, bytes]], bytes]]  # headers and body each


def is_wrapped(kind: str, name: str) -> bool:
    return kind in TNEF or name.lower() in {"winmail.dat", "win.dat"} or is_smime(kind, name)


def is_smime(kind: str, name: str) -> bool:
    return kind in SMIME or name.lower() in {"smime.p7m", "smime.p7z"}


def opened(kind: str, name: str, data: bytes, problems: Problems) -> bytes | Inside | None:
    """A whole mail, or parts; None where there is nothing to open or nobody can."""
    if is_smime(kind, name):
        found, mail = signed.content(coded(data))
        if found == signed.ENCRYPTED:
            problems.add(ENCRYPTED)
        elif not mail:
            problems.add("It is signed or encrypted with S/MIME, and cannot be read.")
        elif found == signed.SIGNED:
            problems.add(UNCHECKED)
        return mail or None
    message = tnef.read(data)
    if message is None or not (message.properties or message.attachments):
        problems.add("Its text is in Outlook’s own form (winmail.dat), which cannot be read.")
        return None
    return parts(message)


def coded(data: bytes) -> bytes:
    return from_base64(data.partition(b"-----\n")[2] or data) if data[:2] in UNCODED else data


def parts(message: Message) -> Inside:
    """The text, and a part for each file, of a message in Outlook's own form."""
    kind, text = message.body()
    found: Inside = []
    if meeting := message.meeting():
        found.append(_text("text/plain", meeting))
    if text.strip():
        found.append(_text(kind, text))
    for attached in message.attachments[:200]:
        name = clean_header(properties.file_name(attached, message.codepage), 200) or "(no name)"
        data = attached.get(properties.FILE)
        kind = properties.text(attached, properties.FILE_TYPE, message.codepage) or "application/octet-stream"
        disposition = f'attachment; filename="{name.replace(chr(34), chr(39))}"'
        headers = [
            ("content-type", clean_header(kind, 100).encode()),
            ("content-disposition", disposition.encode()),
        ]
        found.append((headers, data if isinstance(data, bytes) else b""))
    return found


def _text(kind: str, text: str) -> tuple[list[tuple[str, bytes]], bytes]:
    return [("content-type", f"{kind}; charset=utf-8".encode())], text.encode("utf-8", "replace")
