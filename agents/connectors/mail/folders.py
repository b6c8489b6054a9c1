"""Folders of a mailbox, as Maildir++ has them: ``Clients.Acme`` is ``.Clients.Acme`` inside INBOX."""

import base64
import os
import re
import stat
from pathlib import Path

from agents.connectors import confined
from agents.connectors.base import ConnectorError
from agents.connectors.mail.location import PARTS, is_maildir

INBOX = "INBOX"
LONGEST = 100
FOLDER_NOUNS = ("folder", "ordner", "dossier", "carpeta", "cartella", "pasta", "map")
# What mail programs and servers act on by itself (RFC 6154): they empty it, send it or learn from it. By the names that
# they give it in seven languages.
SPECIAL = (
    "Drafts", "Draft", "Trash", "Bin", "Deleted", "Deleted Items", "Deleted Messages", "Junk", "Junk E-mail",
    "Junk Email", "Spam", "Bulk Mail", "Sent", "Sent Items", "Sent Messages", "Sent Mail", "Outbox",
    "Templates", "Scheduled", "Snoozed", "Entwürfe", "Papierkorb", "Gelöscht", "Gelöschte Elemente",
    "Gelöschte Objekte", "Werbung", "Junk-E-Mail", "Gesendet", "Gesendete Elemente", "Gesendete Objekte",
    "Postausgang", "Vorlagen", "Brouillons", "Corbeille", "Éléments supprimés", "Indésirables",
    "Courrier indésirable", "Pourriel", "Envoyés", "Éléments envoyés", "Messages envoyés", "Boîte d'envoi",
    "Modèles", "Borradores", "Papelera", "Elementos eliminados", "Eliminados", "Correo no deseado",
    "No deseado", "Enviados", "Elementos enviados", "Bandeja de salida", "Plantillas", "Bozze", "Cestino",
    "Posta eliminata", "Posta indesiderata", "Indesiderata", "Inviati", "Posta inviata", "Posta in uscita",
    "Modelli", "Rascunhos", "Lixeira", "Lixo", "Itens excluídos", "Itens eliminados", "Lixo eletrônico",
    "Itens enviados", "Caixa de saída", "Modelos", "Concepten", "Prullenbak", "Verwijderd", "Verwijderde items",
    "Ongewenst", "Ongewenste e-mail", "Ongewenste reclame", "Verzonden", "Verzonden items", "Postvak UIT",
    "Sjablonen",
)  # fmt: skip
_plain = re.compile(r"[ -%'-~]+")
_coded = re.compile(r"&([^-]*)-")


def check_folder(name: str) -> str:
    """``name``, fit to be a folder's. Raises ConnectorError."""
    if name.upper() == INBOX:
        return INBOX
    levels = name.split(".")
    if (
        len(name) > LONGEST
        or not name.isprintable()
        or any(sign in name for sign in "/\\*%~")
        or any(not level or level != level.strip() for level in levels)
        or not confined.is_name(to_disk(name))
    ):
        raise ConnectorError(
            f"A folder's name has at most {LONGEST} characters and none of / \\ * % ~; a dot divides levels "
            "(Clients.Acme)."
        )
    return name


def to_disk(name: str) -> str:
    """As IMAP writes letters other than ASCII ("modified UTF-7"), with the dot in front."""

    def coded(match: re.Match[str]) -> str:
        return f"&{base64.b64encode(match[0].encode('utf-16-be')).decode().rstrip('=').replace('/', ',')}-"

    return "." + re.sub(r"[^ -~]+", coded, name.replace("&", "&-"))


def from_disk(name: str) -> str:
    """The folder's name in letters; as it is on disk, where that is not readable."""

    def letters(match: re.Match[str]) -> str:
        data = match[1].replace(",", "/")
        if not data:
            return "&"
        return base64.b64decode(data + "=" * (-len(data) % 4)).decode("utf-16-be")

    try:
        return _coded.sub(letters, name.removeprefix("."))
    except ValueError:
        return name.removeprefix(".")


def folders(root: Path) -> dict[str, Path]:
    """The mailbox's folders by name, INBOX first. Links are no folders: they could lead anywhere."""
    found = {INBOX: root}
    names = [
        name for name, kind in confined.entries(root).items() if name.startswith(".") and kind == stat.S_IFDIR
    ]
    found |= {from_disk(name): root / name for name in sorted(names) if is_maildir(root / name)}
    return found


def folder(root: Path, name: str) -> Path:
    """An existing folder. Raises ConnectorError, naming those there are."""
    known = folders(root)
    wanted = check_folder(name)
    if wanted not in known:
        raise ConnectorError(f"There is no folder “{wanted}”. There are: {', '.join(list(known)[:30])}.")
    return known[wanted]


def ensure_folder(root: Path, name: str) -> Path:
    """The folder, created if absent. Only while the mailbox is locked."""
    wanted = check_folder(name)
    if wanted in (known := folders(root)):
        return known[wanted]
    place = root / to_disk(wanted)
    if confined.exists(place) and not confined.is_folder(place):
        raise ConnectorError(f"The folder “{wanted}” is a link; mail is not put through links.")
    mode = confined.status(root / "cur").st_mode & 0o777
    for path in (place, *(place / part for part in PARTS)):
        confined.make_folder(path, mode)
    # It tells mail delivery that this is no mailbox of its own.
    os.close(confined.open_file(place / "maildirfolder", os.O_WRONLY | os.O_CREAT, mode & 0o666))
    if not is_maildir(place):
        raise ConnectorError(f"The folder “{wanted}” cannot be used: a part of it is a link.")
    return place
