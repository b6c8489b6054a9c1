"""What tells bulk, automatic and forged mail: signs in a mail's head, each with its reason in words. Pure.

Nothing here says that a mail is genuine: whoever wrote it wrote its head, too. What speaks against a mail counts,
because nobody writes that about themselves.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

LONGEST = 120  # characters of one reason
Headers = Iterable[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Marks:
    """Each is a reason in words, empty where the mail has no such sign."""

    bulk: str = ""  # the same mail went to many
    list: str = ""  # it came over a mailing list
    automatic: str = ""  # a program wrote it
    spam: str = ""  # the receiving server calls it spam
    forged: str = ""  # it may not be from whom it says
    own: str = ""  # its sender is the mailbox itself
    no_reply: str = ""  # an answer would reach nobody
    control: str = ""  # an answer would change a subscription

    @property
    def unanswerable(self) -> str:
        """Why no answer should go out, empty where one may."""
        named = (self.spam, self.own, self.control, self.no_reply, self.automatic, self.bulk, self.list)
        return next((reason for reason in named if reason), "")

    def as_data(self) -> dict[str, str]:
        return {name: reason for name, reason in asdict(self).items() if reason}


def read(data: object) -> Marks:
    """The marks of a mail as ``mail.read`` gives them."""
    given = data if isinstance(data, Mapping) else {}
    return Marks(**{field.name: str(given.get(field.name) or "") for field in fields(Marks)})


def of(headers: Headers, senders: Sequence[str], reply_to: str, subject: str) -> Marks:
    """``senders`` and ``reply_to`` are as a person is shown them: ``Ada Osei <ada@example.com>``."""
    said = _first_of_each(headers)
    sender = senders[0] if senders else ""
    answered = _address(reply_to) or _address(sender)
    return Marks(
        bulk=_bulk(said),
        list=_list(said),
        automatic=_automatic(said, _address(sender), subject),
        spam=_spam(said),
        forged=_unproven(said) or _two_names(sender) or _two_senders(senders),
        no_reply=_matched(NO_REPLY, answered, "takes no answers"),
        control=_matched(CONTROL, answered, "changes a subscription"),
    )


def in_mailbox(found: Marks, sender: str, addresses: Iterable[str]) -> Marks:
    """With what only the mailbox's own addresses tell."""
    own = is_own(_address(sender), addresses)
    return replace(found, own="Its sender is this mailbox’s own address.") if own else found


def is_own(address: str, addresses: Iterable[str]) -> bool:
    """Is it one of the mailbox's own addresses, with or without what stands behind a plus?"""
    return bool(address) and _bare(address) in {_bare(own) for own in addresses if own.strip()}


def _bare(address: str) -> str:
    name, _, domain = address.strip().lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def _first_of_each(headers: Headers) -> dict[str, str]:
    """The first of a name was added last, so it is the nearest to the reader."""
    said: dict[str, str] = {}
    for name, value in headers:
        said.setdefault(name, " ".join(value[:2_000].decode("ascii", "ignore").split()))
    return said


def _address(shown: str) -> str:
    return shown.rpartition("<")[2].rstrip(">").strip().lower()


def _told(said: Mapping[str, str], names: Iterable[str]) -> str:
    """Which of these headers it has."""
    return ", ".join(sorted({name.title() for name in names if name in said}))[:LONGEST]


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


SENT_TO_MANY = _names(
    "list-unsubscribe list-unsubscribe-post feedback-id x-feedback-id x-campaign x-campaignid x-campaign-id "
    "x-mailgun-sid x-sg-eid x-mc-user x-mailchimp-id x-mj-mid x-csa-complaints x-job x-bulkmail x-rpcampaign "
    "x-mass-mail x-newsletter x-mailing-id"
)
OF_LISTS = _names(
    "list-id list-post list-subscribe list-archive mailing-list x-mailing-list x-mailinglist x-beenthere "
    "x-mailman-version x-listserver x-listname x-ml-name x-listprocessor-version x-ezmlm x-sympa-to"
)
OF_PROGRAMS = _names("x-autoreply x-autorespond x-auto-reply x-autoresponder x-cron-env x-failed-recipients")


def _bulk(said: Mapping[str, str]) -> str:
    precedence = said.get("precedence", "").lower()
    if precedence in {"bulk", "junk"}:
        return f"Precedence: {precedence}"
    return _told(said, SENT_TO_MANY)


def _list(said: Mapping[str, str]) -> str:
    if said.get("precedence", "").lower() == "list":
        return "Precedence: list"
    return _told(said, OF_LISTS)


ANSWERS_BY_ITSELF = re.compile(
    r"^\W*(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|out of (?:the )?office|autoreply|away from my mail"
    r"|abwesenheits\w*|automatische (?:antwort|r[üu]ckmeldung)|r[ée]ponse automatique|absence du bureau"
    r"|respuesta autom[áa]tica|fuera de la oficina|risposta automatica|fuori (?:sede|ufficio)"
    r"|resposta autom[áa]tica|fora do escrit[óo]rio|automatisch antwoord|afwezig\w*|autosvar|automaattinen vastaus"
    r"|undeliver(?:ed|able)|delivery status notification|mail delivery (?:failed|subsystem)|returned mail"
    r"|failure notice|read: |gelesen: |unzustellbar)",
    re.IGNORECASE,
)


def _automatic(said: Mapping[str, str], sender: str, subject: str) -> str:
    submitted = said.get("auto-submitted", "").lower()
    if submitted and not re.match(r"no\b", submitted):
        return f"Auto-Submitted: {submitted}"[:LONGEST]
    if said.get("precedence", "").lower() in {"auto_reply", "auto-reply"}:
        return "Precedence: auto_reply"
    if told := _told(said, OF_PROGRAMS):
        return told
    if said.get("x-auto-response-suppress", "").lower() not in {"", "none"}:
        return "X-Auto-Response-Suppress"
    if said.get("return-path", "x") in {"<>", ""}:
        return "Return-Path: <>"
    if said.get("content-type", "").lower().startswith("multipart/report"):
        return "It is a report of a mail server."
    if re.match(r"(?:mailer-daemon|postmaster)\b", sender):
        return "Its sender is a mail server."
    return "Its subject is an automatic answer’s." if ANSWERS_BY_ITSELF.search(subject[:200]) else ""


def _spam(said: Mapping[str, str]) -> str:
    for name in ("x-spam-flag", "x-spam-status"):
        if re.match(r"(?:yes|true|spam)\b", said.get(name, ""), re.IGNORECASE):
            return f"{name.title()}: yes"
    level = re.match(r"[5-9]\b", said.get("x-ms-exchange-organization-scl", ""))
    if level or re.search(r"\bSFV:SP[MK]\b", said.get("x-forefront-antispam-report", "")):
        return "The mail server’s filter calls it spam."
    return ""


RESULT = re.compile(r"\b(dmarc|spf|dkim|compauth)\s*=\s*([a-z]+)", re.IGNORECASE)


def _unproven(said: Mapping[str, str]) -> str:
    """By the receiving server's check. A mailing list breaks a signature, so that alone says nothing."""
    checks: dict[str, set[str]] = {}
    for name, result in RESULT.findall(said.get("authentication-results", "")):
        checks.setdefault(name.lower(), set()).add(result.lower())
    for name in ("dmarc", "compauth"):
        if "fail" in checks.get(name, set()):
            return f"Authentication-Results: {name}=fail"
    proven = any("pass" in checks.get(name, set()) for name in ("dmarc", "dkim"))
    sent = re.match(r"(softfail|fail)\b", said.get("received-spf", ""), re.IGNORECASE)
    failed = checks.get("spf", {sent[1].lower()} if sent else set()) & {"fail", "softfail"}
    return "" if proven or not failed else f"Its sending server is not the sender’s: spf={min(failed)}"


IN_NAME = re.compile(r"[^\s<>\"'(),;:]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)


def _two_names(sender: str) -> str:
    """A name that is an address of another domain: “boss@company.example” <eve@elsewhere.example>."""
    named, address = sender.rpartition("<")[0], _address(sender)
    domain = address.rpartition("@")[2]
    for other in IN_NAME.findall(named[:500]):
        if not _same_house(other.lower(), domain):
            return "The sender’s name is an address, and another than its own."
    return ""


def _two_senders(senders: Sequence[str]) -> str:
    """Programs differ in which of them they show."""
    several = len({_address(sender) for sender in senders}) > 1
    return "It names several senders; which one is shown differs." if several else ""


def _same_house(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


NO_REPLY = re.compile(
    r"^[^@]*(?:no[._-]?reply|do[._-]?not[._-]?reply)[^@]*@|^(?:[^@]*[^a-z@])?(?:"
    r"(?:no|not|non|do[._-]?not|dont|don[’']t|never|cannot)[._-]?(?:repl(?:y|ies)|respond|response|answers?)"
    r"|(?:do[._-]?not|no)[._-]?mail|ne[._-]?pas[._-]?repondre|(?:keine|nicht)[._-]?antwort(?:en)?"
    r"|(?:nao|no)[._-]?(?:responda|responder|respondas)|(?:non|no)[._-]?rispond(?:ere|i|a)"
    r"|niet[._-]?(?:beantwoorden|antwoorden)|geen[._-]?antwoord|ikke[._-]?svar|svara?[._-]?(?:inte|ej)"
    r"|unattended|unmonitored|nobody|devnull|blackhole|mailer-daemon|postmaster|bounces?|auto[._-]?repl(?:y|ies)"
    r")(?:[^a-z@][^@]*|)@"
)
CONTROL = re.compile(
    r"^(?:(?:leave|unsub(?:scribe)?|subscribe|opt-?out|owner)[-+.=][^@]*"
    r"|[^@]+[-+](?:leave|unsubscribe|subscribe|join|opt-?out|owner|bounces?|request|confirm)(?:[-+=.][^@]*)?"
    r"|unsubscribe|subscribe|leave|join|remove|opt-?out|listserv|listproc|majordomo|mailman|sympa|ezmlm"
    r"|(?:newsletter-?)?(?:abmeld(?:en|ung)|austragen|d[ée]s(?:abonn|inscri)[^@]*|(?:desuscri|cancelarsuscri|darsedebaja)[^@]*"
    r"|baja|bajas|disiscri[^@]*|cancellami|descadastr[^@]*|cancelarinscricao|afmeld(?:en|ing)|uitschrijven)(?:[-+.=][^@]*)?)@"
)


def _matched(pattern: re.Pattern[str], address: str, says: str) -> str:
    return f"Its address {says}: {address[:80]}" if pattern.search(address[:254]) else ""
