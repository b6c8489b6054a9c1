"""The draft of an answer, in the language of the mail: a holding answer that quotes what was asked. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from agents.connectors.mail import addresses, drafts
from agents.connectors.mail.language import ENGLISH, language
from agents.connectors.mail.requests import Asked
from agents.policy.language.alphabet import is_unusual
from agents.policy.language.links import holds_code, holds_link

LONGEST_SUBJECT = 190  # characters: with “Re: ” a draft takes 200
LONGEST_QUOTE = 600
MOST_SENTENCES = 3
# Greeting with and without a name, thanks, what was asked, what happens next, and the end.
TEXTS: Mapping[str, tuple[str, str, str, str, str]] = {
    ENGLISH: (
        "Hello",
        "thank you for your message. You wrote:",
        "We have read it and will answer it soon.",
        "Kind regards",
        "Re: your message",
    ),
    "de": (
        "Guten Tag",
        "vielen Dank für Ihre Nachricht. Sie schreiben:",
        "Wir haben sie gelesen und antworten Ihnen bald.",
        "Mit freundlichen Grüßen",
        "Re: Ihre Nachricht",
    ),
    "fr": (
        "Bonjour",
        "merci pour votre message. Vous écrivez :",
        "Nous l’avons lu et vous répondrons bientôt.",
        "Cordialement",
        "Re: votre message",
    ),
    "es": (
        "Hola",
        "gracias por su mensaje. Usted escribe:",
        "Lo hemos leído y le responderemos pronto.",
        "Un saludo",
        "Re: su mensaje",
    ),
    "it": (
        "Buongiorno",
        "grazie per il Suo messaggio. Lei scrive:",
        "Lo abbiamo letto e Le risponderemo presto.",
        "Cordiali saluti",
        "Re: il Suo messaggio",
    ),
    "pt": (
        "Olá",
        "obrigado pela sua mensagem. Escreveu:",
        "Já a lemos e responderemos em breve.",
        "Com os melhores cumprimentos",
        "Re: a sua mensagem",
    ),
    "nl": (
        "Goedendag",
        "dank voor uw bericht. U schrijft:",
        "Wij hebben het gelezen en antwoorden u snel.",
        "Met vriendelijke groet",
        "Re: uw bericht",
    ),
}
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]{1,2}[^\W\d_]+){0,3}\.?")
_ANSWER = re.compile(r"^(?:re|aw|sv|antw|odp|rif|res|r)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)


def address(written: str) -> str:
    """The one address in ``Ada Osei <ada@example.com>``; empty where there is none that a draft may go to."""
    found = addresses.plain(written)
    return found if found and drafts.is_address(found) else ""


def recipient(mail: Mapping[str, Any]) -> str:
    """To whom an answer goes: the address for answers, if it is one, else the sender."""
    return address(str(mail.get("reply_to") or "")) or address(str(mail.get("from") or ""))


def draft(message: str, mail: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """What ``mail.draft`` takes."""
    tongue = language(f"{mail.get('subject') or ''}\n{mail.get('text') or ''}")
    return {
        "in_reply_to": message,
        "to": [recipient(mail)],
        "subject": subject(mail, tongue),
        "text": text(mail, asked, tongue),
    }


def subject(mail: Mapping[str, Any], tongue: str) -> str:
    """The mail's own, with its order or ticket number, which its author alone gets back. No link and no odd signs."""
    own = " ".join(str(mail.get("subject") or "").split())
    passed_on = own if goes_to_author(mail) and not holds_link(own) and not _odd(own) else plain(own)
    if not passed_on or len(passed_on) > LONGEST_SUBJECT:
        return TEXTS[tongue][4]
    return passed_on if _ANSWER.match(passed_on) else f"Re: {passed_on}"


def goes_to_author(mail: Mapping[str, Any]) -> bool:
    """Does the answer go to the address that the mail is from? Another may be somebody else's."""
    return recipient(mail).lower() == address(str(mail.get("from") or "")).lower()


def text(mail: Mapping[str, Any], asked: Asked, tongue: str) -> str:
    hello, thanks, soon, regards, _ = TEXTS[tongue]
    sender = name(str(mail.get("from") or ""))
    quoted = quote(asked, mail)
    thanked = [thanks, *quoted] if quoted else [f"{thanks.partition('.')[0]}."]
    return "\n\n".join([f"{hello} {sender}," if sender else f"{hello},", *thanked, soon, regards]) + "\n"


def quote(asked: Asked, mail: Mapping[str, Any]) -> list[str]:
    """The sentences that ask, as they were written. Only their author gets numbers back, in one stretch."""
    texts = [" ".join(str(mail.get(name) or "").split()) for name in ("text", "subject")]
    kept: list[str] = []
    for sentence in asked.sentences:
        if not any(sentence in text for text in texts) or holds_link(sentence) or _odd(sentence):
            continue
        stretch = " ".join([*kept, sentence])
        if holds_code(stretch) and not (goes_to_author(mail) and any(stretch in text for text in texts)):
            continue
        if len(kept) < MOST_SENTENCES and len(stretch) <= LONGEST_QUOTE:
            kept.append(sentence)
    return ["\n".join(f"> {sentence}" for sentence in kept)] if kept else []


def plain(words: str) -> str:
    """Words of others as a report may repeat them: in one line, without what leads elsewhere, codes and odd signs."""
    line = " ".join(words.split())
    return "" if holds_link(line) or holds_code(line) or _odd(line) else line


def name(sender: str) -> str:
    """As the sender writes it, where it is one: letters of ours, no code, at most four words."""
    written = sender.rpartition("<")[0].strip(' "')
    fits = _NAME.fullmatch(written) and len(written) <= 60 and not _odd(written)
    return written if fits and not holds_link(written) and not holds_code(written) else ""


def _odd(words: str) -> bool:
    """Signs that no letter in one of the seven languages holds."""
    return is_unusual(words, frozenset({"LATIN"}), frozenset())
