"""The forms of one mail, plain and HTML: which of them is read, and whether they say the same. Pure."""

import re
import unicodedata
from enum import Enum

MOST_WORDS = 5_000  # of a form that are compared: more than is shown
MANY = 9  # words in a row that only one form has are a sentence of its own
TOLD = 6  # as many, where they stand in the form that nobody is shown
SHORT = 60  # words: a form that only points to the other one has no more
_left_out = re.compile(
    r"<(?:https?|mailto):[^<>]{0,500}>|(?:https?://|www\.|mailto:|cid:)\S+"
    r"|\[leads to [^\]]{0,200}\]|\[image[^\]]{0,300}\]|<[^<>\s]{0,300}>",
    re.IGNORECASE,
)
_word = re.compile(r"[^\W_]+")
_points_elsewhere = re.compile(
    r"\bhtml\b|\bbrowser\b|\bnavigateur\b|\bnavegador\b|\bwebbläsare\b|\bprzeglądar"
    r"|\b(?:mail|email|e-mail) (?:program|client|reader|software)\b|view (?:this|it) online|online version"
    r"|\b(?:mime|multipart)\b|plain.?text",
    re.IGNORECASE,
)


_TURNS = """
    not no never cannot don doesn won nicht kein keine keinen nie niemals ne pas jamais aucun nunca jamás ningún non mai
    nessun não nenhum niet geen nooit
    monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
    lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo lunedì
    martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta maandag dinsdag woensdag
    donderdag vrijdag zaterdag zondag
"""
_WEIGHTY = frozenset(_TURNS.split())


class Form(Enum):
    PLAIN = "plain"
    HTML = "html"


def chosen(plain: str, html: str, pictures: str = "") -> tuple[Form, bool]:
    """The form to read, and whether the two differ in what they say.

    Mail programs show HTML where there is some. Plain is read only where it says the same, word for word, because its
    lines are the writer's own, or where the HTML says nothing. ``pictures``: what those of the HTML are said to show.
    """
    in_plain, in_html = words(plain), words(html)
    if not in_html:
        return Form.PLAIN, False
    if not in_plain:
        return Form.HTML, False
    only_plain = _alone(in_plain, [*in_html, *words(pictures)])
    only_html = _alone(in_html, in_plain)
    if in_plain == in_html or (pictures and max(only_plain, only_html) == 0):
        return Form.PLAIN, False
    if _is_stub(in_plain, plain, only_plain):
        return Form.HTML, False
    if _is_stub(in_html, html, only_html) and len(in_plain) > 2 * len(in_html):
        return Form.PLAIN, True
    return Form.HTML, _differ(in_plain, in_html, only_plain, only_html)


def words(text: str) -> list[str]:
    """Without links, which the two forms write in different ways."""
    plain = unicodedata.normalize("NFKC", _left_out.sub(" ", text[: 10 * MOST_WORDS])).casefold()
    return _word.findall(plain)[:MOST_WORDS]


def weighty(said: list[str]) -> set[str]:
    """Amounts, times, account numbers, days, and what turns a sentence round: what a form must not say otherwise."""
    return {word for word in said if any(map(str.isdigit, word)) or word in _WEIGHTY}


def _differ(plain: list[str], html: list[str], only_plain: int, only_html: int) -> bool:
    if only_plain >= min(TOLD, len(plain)):
        return True
    if only_html < MANY:  # nearly the same
        return weighty(plain) != weighty(html)
    return only_html > len(plain)


def _is_stub(said: list[str], text: str, alone: int) -> bool:
    """Does a form only point to the other one?"""
    return len(said) <= SHORT and alone >= min(3, len(said)) and bool(_points_elsewhere.search(text))


def _alone(these: list[str], others: list[str]) -> int:
    """The longest row of words that stands in no such order in the others."""
    size = min(3, len(these), len(others))
    known = {tuple(others[at : at + size]) for at in range(len(others) - size + 1)}
    longest = row = 0
    covered = 0  # words up to here stand in the others
    for at in range(len(these)):
        if tuple(these[at : at + size]) in known:
            covered = at + size
        row = 0 if at < covered else row + 1
        longest = max(longest, row)
    return longest
