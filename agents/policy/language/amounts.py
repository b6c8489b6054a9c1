"""The amounts in a person's text. What is part of a date, a time, a share, a code or a longer number is none."""

import re
import unicodedata
from decimal import Decimal

from agents.policy.language.numerals import in_digits

MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|januar|februar|märz|mai|juni|juli|oktober|dezember"
    r"|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
UNITS = (
    r"st|nd|rd|th|%|percent|prozent|pct|hours?|hrs?|h|minutes?|mins?|seconds?|secs?|days?|nights?|weeks?|months?"
    r"|quarters?|years?|[ap]m|[ap]\.m|o['’]clock|uhr|stunden?|minuten?|sekunden?|tage?n?|wochen?|monate?n?|jahre?n?"
    r"|heures?|jours?|semaines?|mois|ans|horas?|días?|semanas?|meses|años?"
    r"|k|m|bn|hundred|thousand|million|billion|dozen|hundert|cents?|cientos?|cien|cento|cem|honderd|mil|mille|mila|duizend|tsd|tausend|mio|mrd|millionen|milliarden"
)
_ADJECTIVE = r"(?:(?:working|business|calendar|full|whole|more|consecutive)\s+)?"
# What is numbered: its number says which one, and not how much.
NUMBERED = (
    r"number|no\.?|nr\.?|id|file|invoice|order|event|message|mail|ticket|task|case|account|room|flight|page|version"
    r"|chapter|section|item|step|datei|rechnung|auftrag|bestellung|termin|nachricht|konto|raum|zimmer|seite|fall"
    r"|fichier|facture|commande|compte|page|archivo|factura|pedido|cuenta|página"
)
# Digits on the other side of one space: thousands that are set apart, or a code in groups.
_BEFORE = re.compile(
    rf"(?:\b(?:{MONTHS})\.?\s*|[\w/@#:+\-.,'’−–±]|\b(?:{NUMBERED})\s|\d\s"
    r")$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"^(?:\s*-?\s*{_ADJECTIVE}(?:{UNITS})\b|\s*[%‰٪°]|\s*(?:(?:of|de)\s+)?(?:{MONTHS})\b|\.\s*(?:{MONTHS})\b"
    rf"|\.?\s*(?:to|until|till|and|or|through|bis|und|oder|au|à|et|al|a|y)\s+\d{{1,2}}(?:st|nd|rd|th|\.)?\s*"
    rf"(?:(?:of|de)\s+)?(?:(?:{MONTHS}|{UNITS})\b|[%‰])"
    r"|[\w/@#:+\-–]|[.,'’]\w|\s\d)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:[.,'’]\d+)*")
_YEAR_SAID = re.compile(r"\b(?:in|since|until|during|year|seit|bis|jahr)\s$", re.IGNORECASE)
_AROUND = 32


def numbers(text: str) -> frozenset[Decimal]:
    """The amounts in a text."""
    text = in_digits(unicodedata.normalize("NFC", text))
    found = set()
    for match in _FIGURE.finditer(text):
        start, end = match.span()
        before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
        if _BEFORE.search(before) or _AFTER.search(after) or _marked(after):
            continue
        if re.fullmatch(r"(?:19|20)\d\d", match.group()) and _YEAR_SAID.search(before):
            continue
        if (number := read_number(match.group())) is not None:
            found.add(number)
    return frozenset(found)


def _marked(after: str) -> bool:
    return bool(after) and unicodedata.category(after[0])[0] == "M"


_GROUPED = [
    (group, point, re.compile(rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+{re.escape(point)}[0-9]+"))
    for group, point in ((",", "."), (".", ","), ("'", "."), ("’", "."))
]
_MILLIONS = [
    (group, re.compile(rf"[1-9][0-9]{{0,2}}(?:{re.escape(group)}[0-9]{{3}}){{2,}}")) for group in ",.'’"
]


def read_number(text: str) -> Decimal | None:
    """``2200``, ``98.70``, ``98,7``, ``1,200.50``, ``1.200,50``, ``1'200``; None where it reads two ways or none.

    A zero in front makes it a code: 007 is not seven.
    """
    if not re.fullmatch(r"[0-9.,'’]{1,20}", text) or re.match(r"0[0-9]", text):
        return None
    if re.fullmatch(r"[0-9]+", text):
        return Decimal(text)
    if re.fullmatch(r"[0-9]{1,3}(?:['’][0-9]{3})+", text):
        return Decimal(re.sub(r"['’]", "", text))
    for group, point, pattern in _GROUPED:
        if pattern.fullmatch(text):
            return Decimal(text.replace(group, "").replace(point, "."))
    for group, pattern in _MILLIONS:
        if pattern.fullmatch(text):
            return Decimal(text.replace(group, ""))
    if re.fullmatch(r"[0-9]+[.,][0-9]+", text) and not re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", text):
        return Decimal(text.replace(",", "."))
    return None
