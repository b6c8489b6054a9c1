"""Families of words, English and German: what people ask for, and the things they ask it about. Data.

A family's name is its first word. Other words stand for themselves, by their stem, so that connectors for other things
are planned too.
"""

import re


def some(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What is one thing but written in several words, made one word before anything is read.
PHRASES = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (r"\b(?:e-?mail|mail|contact) addresse?s?\b", "contactaddress"),
        (r"\baddress books?\b|\bphone (?:number|book)s?\b", "contactaddress"),
        (
            r"\b(?:account|user|personal|profile|contact) (?:information|info|details?|data|settings?)\b",
            "profile",
        ),
        (r"\b(?:home |postal |street |billing )?address\b", "profile"),
        (r"\b(?:standing|recurring|direct) (?:orders?|debits?)\b", "standingorder"),
        (r"\bset(?:ting)? up\b", "setup"),
        (r"\bmake (?:sure|certain)\b", "be sure"),
        (r"\bcall(?:ing)? off\b", "cancel"),
        (r"\b(?:push|move|bring|put) (?:it |that |them )?(?:back|forward|off)\b", "reschedule"),
        (r"\b(push|move|bring|put) ((?:\w+ ){1,5})(?:back|forward|off)\b", r"reschedule \2"),
        (r"\bget rid of\b|\bthrow (?:away|out)\b", "delete"),
        (r"\b(?:clean|tidy|clear) up\b|\bsort out\b|\baufräumen\b", "tidy"),
        (r"\broll out\b", "deploy"),
        (r"\broll back\b", "rollback"),
        (r"\bfollow up with\b|\bget back to\b|\bgive (\w+) an update\b", r"notify \1"),
        (r"\bcarry out\b", "perform"),
        (r"\b(?:take care of|deal with|work through|go ahead with|act on)\b", "handle"),
        (r"\b(?:write|note|jot) down\b", "note"),
        (r"\bpay (?:(\w+) )?back\b", r"refund \1"),
        (r"\bsage? ((?:[\w-]+ ){1,5})ab\b", r"storniere \1"),
        (
            r"\bgive ((?:\w[\w.@+-]* ){1,6}?)((?:\w+ ){0,3})(?:access|permissions?|rights?)\b",
            r"share \1 access",
        ),
        (r"\blet ((?!me\b|us\b)(?:\w+ ){1,4})know\b", r"notify \1"),
        (r"\b(?:let|lass) (?:me|us|mich|uns) (?:know|wissen)\b", "say"),
        (r"\bsay (?:hello|hi|thanks?|sorry) to\b", "notify"),
        (r"\b(?:tell|inform|report to|ask) (?:me|us)\b", "say"),
        (r"\bas (?:read|seen|unread|done)\b", "as label"),
    )
)


def _families(*lines: str) -> dict[str, str]:
    return {word: line.split()[0] for line in lines for word in line.split()}


# What a capability does, by the word in its name or title.
ACTIONS = _families(
    "send email reply respond answer forward message notify contact dispatch",
    "post publish announce comment tweet say",
    "create add new make insert register open compose write generate",
    "append extend attach prepend",
    "invite enroll",
    "share grant expose",
    "delete remove erase destroy drop purge kick ban trash discard uninvite unshare revoke",
    "cancel abort unsubscribe terminate stop",
    "reschedule postpone",
    "update change edit modify set adjust correct rename replace patch reset",
    "pay transfer wire refund reimburse charge donate buy purchase order",
    "schedule setup plan",
    "reserve book rent",
    "label tag mark flag categorize classify star pin assign",
    "move archive file sort relocate",
    "draft prepare",
    "deploy release launch rollout run trigger execute promote start",
    "rollback revert undo restore",
    "approve accept merge confirm",
    "close resolve finish complete",
    "reject decline",
    "propose consolidate",
    "upload save store export",
)

# Asking verbs in English and in German, and what they may mean, the most likely first. Each step is tried only where
# the one before finds nothing. A German imperative or infinitive may be anywhere in a sentence.
_ASKING = (
    ("send forward dispatch ship attach",
     "schick schicke schicken sende senden weiterleiten leite", "send pay|post"),
    ("email mail message text dm ping contact cc", "", "send|post"),
    ("reply respond answer", "antworte antworten beantworte beantworten", "send draft|post"),
    ("notify inform tell remind warn thank ask greet congratulate",
     "benachrichtige informiere sag frag frage erinnere", "send post"),
    ("post publish announce tweet", "poste posten veröffentliche", "post send"),
    ("comment", "kommentiere", "post"),
    ("write compose", "schreib schreibe schreiben verfasse verfassen", "draft send post create append"),
    ("draft prepare", "entwirf entwerfen bereite vorbereiten", "draft|create"),
    ("create make generate", "erstelle erstellen lege anlegen mach", "create draft|schedule upload"),
    ("open register", "öffne", "create"),
    ("add insert include put enter",
     "füge hinzufügen trage eintragen ergänze", "append invite|create label|update post"),
    ("append extend prepend", "hänge", "append|update"),
    ("note record log save store export upload", "speichere speichern notiere", "append create upload|update"),
    ("invite enroll", "lade einladen", "invite|create|send"),
    ("share grant expose", "teile teilen freigeben gib", "share|send post"),
    ("delete remove erase destroy purge discard trash kick ban uninvite",
     "lösche löschen entferne entfernen", "delete|cancel"),
    ("revoke unshare", "", "delete revoke"),
    ("cancel abort terminate unsubscribe", "storniere stornieren absagen", "cancel|delete"),
    ("stop halt pause", "stoppe", "cancel"),
    ("reschedule postpone delay shift", "verlege verlegen", "reschedule|update"),
    ("update change edit modify adjust correct fix set reset rename replace amend",
     "ändere ändern aktualisiere aktualisieren anpassen passe korrigiere setze", "update reschedule"),
    ("pay transfer wire refund reimburse settle repay donate",
     "überweise überweisen zahle zahlen bezahle bezahlen erstatte erstatten", "pay"),
    ("buy purchase order", "kaufe bestelle", "pay reserve"),
    ("schedule setup plan arrange organize organise", "planen vereinbare", "schedule create|reschedule"),
    ("reserve book rent", "buche buchen reserviere reservieren", "reserve|schedule create"),
    ("label tag mark flag categorize categorise classify star", "markiere markieren kennzeichne", "label|update"),
    ("move archive file relocate", "verschiebe verschieben archiviere archivieren ablegen", "move reschedule|update"),
    ("sort triage tidy declutter", "sortiere sortieren ordne ordnen", "label move"),
    ("deploy release launch run trigger execute promote roll start", "starte starten", "deploy create"),
    ("rollback revert undo restore", "", "rollback"),
    ("approve accept confirm merge", "bestätige", "approve"),
    ("close resolve finish complete", "schließe", "close update"),
    ("reject decline", "ablehnen", "reject cancel"),
    ("propose consolidate", "", "propose"),
)  # fmt: skip
VERBS = {
    verb: tuple(tuple(step.split()) for step in steps.split("|"))
    for english, german, steps in _ASKING
    for verb in f"{english} {german}".split()
}
GERMAN = some(" ".join(german for _, german, _ in _ASKING))
# These words are things as well: they ask only where only a verb fits.
NOUNS_TOO = some(
    "email mail message text book file post share order label tag draft schedule plan answer reply forward update "
    "change note record log set release run reset comment contact ship transfer refund mark star flag move "
    "start stop close order answer store purchase invite open complete rent delay export"
)
# The instruction leaves it to a text, or to the agent, what to do: that cannot be planned.
DELEGATED = re.compile(
    r"\b(?:do|perform|follow|execute|implement|obey|complete)\b (?:(?!following)\w+ ){0,3}?"
    r"(?:what|whatever|everything|actions?|instructions?|steps|todos?|requests?|tasks (?:in|from|specified|listed))\b"
    r"|\b(?:handle|process|manage|bearbeite|erledige)\b|\btu\w*,? was\b|\bwhat (?:it|they) (?:says?|asks?)\b",
    re.IGNORECASE,
)

THINGS = _families(
    "mail email mails emails e-mail inbox mailbox newsletter letter unread sender subject posteingang postfach",
    "message messages dm chat nachricht nachrichten answer answers reply replies antwort antworten greeting",
    "channel channels slack room kanal workspace",
    "draft drafts entwurf entwürfe",
    "event events appointment appointments meeting meetings calendar calendars lunch dinner breakfast brunch coffee "
    "call standup reminder workshop interview class invitation termin termine besprechung kalender mittagessen checkup "
    "check-up",
    "participant participants attendee attendees guest guests invitee invitees teilnehmer",
    "file datei files document documents doc docs docx xlsx pptx pdf txt csv spreadsheet sheet slides presentation "
    "drive minutes notes dateien dokument dokumente ablage protokoll",
    "folder folders directory ordner",
    "contactaddress contact contacts kontakt kontakte",
    "money transaction transactions payment payments bill bills invoice invoices iban amount fee euro euros dollar "
    "dollars eur usd chf price balance spending spend spent expense expenses rent share difference vat debt cost "
    "geld betrag rechnung rechnungen miete überweisung zahlung bank",
    "standingorder subscription subscriptions scheduled recurring dauerauftrag daueraufträge",
    "profile street surname adresse anschrift moved umgezogen",
    "password passwords passcode pin credentials passwort kennwort",
    "person user users member members people colleague team somebody",
    "web website webpage page pages url site article blog seite webseite online internet",
    "hotel hotels accommodation room hostel",
    "restaurant restaurants table tables cuisine eat vegetarian vegan food menu tisch",
    "car cars rental vehicle auto mietwagen",
    "flight flights airline plane flug",
    "deployment deploy deployments release rollout production staging service version",
    "label labels tag tags",
)
# A word may be of two kinds (rent: what is paid, and paid each month).
BOTH = {
    "rent": ("money", "standingorder"),
    "payment": ("money", "standingorder"),
    "payments": ("money", "standingorder"),
    "account": ("profile", "money"),
    "room": ("hotel", "channel"),
    "konto": ("profile", "money"),
    "post": ("message", "web"),
    **dict.fromkeys(("message", "messages", "answer", "answers", "reply", "replies"), ("message", "mail")),
    **dict.fromkeys(("nachricht", "nachrichten", "antwort", "antworten"), ("message", "mail")),
}
REPEATED = re.compile(
    r"\b(?:recurring|regular(?:ly)?|monthly|weekly|yearly|(?:every|each|jeden) \w+)\b", re.IGNORECASE
)
