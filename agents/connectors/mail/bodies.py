"""What the sender of a mail wrote now: without quoted mails, signatures and footers, sentence by sentence. Pure."""

import re
from collections.abc import Iterator

LINK = re.compile(r"<?\b(?:https?://|www\.|mailto:)\S+", re.IGNORECASE)
# “On Monday, Ann wrote:”, at most over two lines.
_WROTE = re.compile(
    r"^[ \t]*(?:on|am|le|el|il|em|op|in|at|den)\b[^\n]{3,200}(?:\n[^\n]{0,120})?"
    r"\b(?:wrote|writes|schrieb|a écrit|ha escrito|escribió|ha scritto|scrive|escreveu|schreef)"
    r"(?: [^\n]{0,80})?\s?:\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_SAID = re.compile(
    r"^[^\n>]{2,120}\b(?:wrote|writes|said|asked|schrieb|a écrit|escribió|escreveu|schreef):?\s*$",
    re.IGNORECASE,
)
# Everything below is an older mail.
_BELOW = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:original message|forwarded message|begin forwarded text|ursprüngliche nachricht|"
    r"originalnachricht|weitergeleitete nachricht|message d'origine|message transféré|mensaje original|"
    r"mensaje reenviado|messaggio originale|messaggio inoltrato|mensagem original|mensagem encaminhada|"
    r"oorspronkelijk bericht|doorgestuurd bericht)|begin forwarded message:"
    r"|(?:from|von|de|da|van): [^\n]+\n[ \t]*(?:sent|date|gesendet|datum|envoyé|enviado|inviato|data|verzonden|fecha)"
    r"[ \t]?: )",
    re.IGNORECASE | re.MULTILINE,
)
_SIGN_OFF = re.compile(
    r"^[ \t]*(?:(?:with )?(?:kind|best|warm|many)(?:est)? (?:regards|wishes|thanks)|regards|best(?=\W*$)|cheers|"
    r"sincerely|"
    r"yours (?:sincerely|faithfully|truly)|mit (?:freundlichen|besten|herzlichen|vielen) grüßen|"
    r"(?:viele|beste|liebe|freundliche|herzliche|schöne) grüße|mfg|(?:bien )?cordialement|(?:bien )?à vous|"
    r"(?:meilleures )?salutations|un (?:cordial )?saludo|(?:atentos |muchos |cordiales )?saludos|atentamente|"
    r"(?:cordiali|distinti|tanti) saluti|saluti|cordialmente|atenciosamente|(?:com os )?melhores cumprimentos|"
    r"cumprimentos|abraços?|(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|m\.?v\.?g\.?)"
    r"(?:[ ,.!–-]|$)[^\n?]{0,40}$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(?:dear|hello|hi|hey|good (?:morning|afternoon|evening|day)|to whom|sehr geehrte|guten (?:tag|morgen|abend)|"
    r"hallo|liebe[rs]?|moin|bonjour|bonsoir|madame|monsieur|cher|chère|hola|buen[oa]s|estimad[oa]|señor|buongiorno|"
    r"buonasera|salve|gentile|egregi[oa]|ciao|olá|bom dia|boa (?:tarde|noite)|prezad[oa]|car[oa]|exm|"
    r"goede(?:morgen|middag|navond|ndag)|beste|geachte|dag)\b[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_LATER = re.compile(r"^[ \t]*p\.? ?s\.?\b", re.IGNORECASE)  # said after the signature
_RULE = re.compile(r"^[ \t]*(?:[_=*-]{10,}|_{5,})[ \t]*$")
_END = re.compile(r"(?<=[.!?…])(?<!\b[A-Za-z]\.)[\"”')\]]*\s+(?=[\"“'(¿¡]*[^\W_])|\n\s*\n")


def unquoted(text: str) -> str:
    """The text without what others wrote before."""
    below = _BELOW.search(text)
    lines = _WROTE.sub("", text[: below.start()] if below else text).splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith((">", "|>")))


def own_words(text: str) -> str:
    """The text without what others wrote before and without what stands under every mail of its sender."""
    below = _BELOW.search(text)
    text = _WROTE.sub("", text[: below.start()] if below else text)
    return "\n".join(_written(text.splitlines())).strip()


def _written(lines: list[str]) -> Iterator[str]:
    signed = said = False
    for number, line in enumerate(lines):
        if line.lstrip().startswith((">", "|>")):
            continue
        if line.rstrip() == "--" or (_RULE.match(line) and number > 2):
            return
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if following.lstrip().startswith(">") and _SAID.match(line):
            continue
        if signed and not _LATER.match(line):
            continue
        signed = (said and bool(_SIGN_OFF.match(line))) or (signed and not _LATER.match(line))
        said = said or bool(line.strip())
        if not signed:
            yield line


def is_addressed(text: str) -> bool:
    """Does it begin with a greeting and end as letters do?"""
    lines = text.splitlines()
    return bool(_GREETING.search(text[:200])) and any(_SIGN_OFF.match(line) for line in lines)


def sentences(text: str) -> list[str]:
    """Each in one line: a mail program breaks lines where no sentence ends. Links are left out, they hold marks."""
    plain = LINK.sub(" ", text.replace("\r", ""))
    # A greeting is no part of what comes after it.
    pieces = _END.split(re.sub(r"([,:!])[ \t]*\n[ \t]*\n", r"\1\n\n", plain))
    return [" ".join(piece.split()) for piece in pieces if piece and piece.strip()]
