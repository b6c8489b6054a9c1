"""How an instruction names a thing or a reader: by what stands beside its words, and not by their being there.

Any instruction holds many plain words. One of them is a thing's name only where it is said to be one; and who is
merely mentioned is no addressee. Texts are compared ones (``tokens.compared``): one line, one case. The words below are
those of the seven languages people instruct agents in.
"""

import re
from collections.abc import Iterable

from agents.policy.language.numerals import language
from agents.policy.language.tokens import is_token, words

# Words that hold a sentence together are nobody's name, and no value.
GRAMMAR = frozenset(
    words(
        "a about after all each every also today an and any are as at be before but by can do for from get"
        " has have he her him his how"
        " i if in into is it its just me my no not of on or our please she so that the their them then there these they"
        " this to up us was we what when where which who will with would yes you your"
        " aber alle am auch auf aus bei bis bitte das dass dem den der des die dir du ein eine einem einen einer er es"
        " für hat ich ihm ihn ihr im ist ja kein mein mich mir mit nach nein nicht noch nur ob oder sein sich sie sind"
        " und uns unter von vor wenn wer wie wir wird zu zum zur"
        " au aux avec ce cette dans de du elle en est et il je la le les leur lui ma mais mes moi mon ne nous ou par"
        " pas pour que qui sa se ses son sur tu un une vous"
        " al como con del el ella ellos eso esta este las los más mi muy nos para pero por porque si sin su te una uno"
        " y che chi ci di gli io non per più sono"
    )
)
AROUND = 160  # characters of a sentence that are looked at on each side
_QUOTES = "\"'“”‘’„«»‹›`*"
_END = (
    rf"(?=[{_QUOTES})\]]*(?:[.,;:!?]|$| (?:and|then|but|or|und|dann|et|puis|y|luego|e|poi|depois|en|dan)\b))"
)
_SAID = (
    r"(?: (?:is |heißt |s'appelle |se llama |si chiama |se chama |heet )?(?:called|named|namens|genannt|mit dem namen"
    r"|appelée?|nommée?|llamad[oa]|chiamat[oa]|chamad[oa]|genaamd))"
)
THE = (
    r"(?:the|my|our|this|that|de[rnms]|das|die|mein(?:e[nm]?)?|unser(?:e[nm]?)?|le|la|les|l['’]|mon|ma|notre|el|los|las|mi"
    r"|nuestr[oa]|il|lo|gli|i|mi[oa]|os?|as|meu|minha|noss[oa]|het|de|mijn|onze|an?|ein(?:e[nmr]?)?|une?|una|uno|uma?|een)"
)
_PUT = re.compile(
    r"\b(?:move|file|put|sort|archive|save|store|place|drop|verschieb\w*|ver?schob\w*|leg\w*|ableg\w*|sortier\w*"
    r"|speicher\w*|räum\w*|steck\w*|déplace\w*|range\w*|me(?:ts|tt\w*)|classe\w*|enregistre\w*|muev\w*|mover|pon(?:er|lo)?"
    r"|guard\w*|archiv\w*|sposta\w*|salva\w*|mov[ae]|coloc\w*|coloqu\w*|arquiv\w*|verplaats\w*|zet|bewaar\w*)\b"
)
_INTO = (
    r"(?:to|into|in|onto|under|nach|ins?|unter|à|dans|vers|sous|au|an|a|al|en|nel(?:la|lo)?|ne[il]|alla|sotto|para|em|n[oa]"
    r"|naar|onder)"
)


def is_worded(token: str) -> bool:
    """Made of words and nothing else: no path, no number, no sign that words do not have."""
    return all(sign.isalpha() or sign in " -'’" for sign in token)


def is_named(token: str, nouns: Iterable[str], text: str, *, called: bool, place: bool) -> bool:
    """Is it said to be a thing's name: in quotes, by what it is called, or where things are put?

    ``called``: such things bear names that are words, so that “the folder Bills” says one as well.
    """
    if not is_token(token, text):
        return False
    said, what = re.escape(token), "|".join(re.escape(noun) for noun in nouns if noun)
    ways = [rf"[{_QUOTES}]{said}[.,;:]?[{_QUOTES}]"]
    if what:
        ways.append(rf"\b(?:{what})(?:{_SAID}:?|:) [{_QUOTES}]?{said}(?!\w)")
    if what and called:
        ways.append(rf"\b(?:{what}):? [{_QUOTES}]?{said}(?!\w)|(?<!\w){said}[{_QUOTES}]?[ \-](?:{what})\b")
    if any(re.search(way, text) for way in ways):
        return True
    if not place:
        return False
    for found in re.finditer(
        rf"\b{_INTO} (?:{THE} ?)?[{_QUOTES}]?{said}(?:{_END}|(?= {_PUT.pattern}))", text
    ):
        before, after = _sentence(text, found.start(), found.end())
        if _PUT.search(before) or _PUT.search(after):
            return True
    return False


def is_put_into(token: str, text: str) -> bool:
    """Does the instruction say that things are put there: a verb of putting, and “to”, “into” before it?"""
    for found in re.finditer(
        rf"\b{_INTO} (?:{THE} )?(?:\w+ )?[{_QUOTES}]?{re.escape(token)}(?![\w/\-]|\.\w)", text
    ):
        before, after = _sentence(text, found.start(), found.end())
        if (_PUT.search(before) or _PUT.search(after)) and not (
            _NOT.search(before) or _NOTHING.search(before)
        ):
            return True
    return False


def is_turned_down(word: str, text: str) -> bool:
    """Is it meant only as what is left alone, wherever it stands: “not the blue one”, “all except the blue one”?"""
    places = [found.start() for found in re.finditer(rf"(?<!\w){re.escape(word)}s?(?!\w)", text)]
    before = [_sentence(text, place, place)[0] for place in places]
    return bool(before) and all(
        _EXCEPT.search(said) or _NOT.search(said.rpartition(",")[2]) for said in before
    )


_NOTHING = re.compile(r"\b(?:nothing|none|nichts|rien|nada|niente|niets)\b")


def is_asked(verb: str, text: str) -> bool:
    """Does the instruction ask for what this verb says, also once more (“rebuy”), and not for its opposite?"""
    for found in re.finditer(rf"\b(?:re-?)?{re.escape(verb)}\b", text):
        if not _NOT.search(_sentence(text, found.start(), found.end())[0].rpartition(",")[2]):
            return True
    return False


_EXCEPT = re.compile(
    r"\b(?:except(?: for)?|excepting|apart from|aside from|other than|but not|besides|but|außer|bis auf|sauf|hormis"
    r"|excepto|salvo|menos|tranne|eccetto|exceto|behalve)(?: (?:of|for))?(?: [^\s,.;]+){0,2} ?$"
)


def is_excepted(label: str, text: str) -> bool:
    """Is a thing named only as the one that is left out: “everything except for the blue one”? Compared texts."""
    places = [found.start() for found in re.finditer(rf"(?<!\w){re.escape(label)}(?!\w)", text)]
    return bool(places) and all(_EXCEPT.search(_sentence(text, place, place)[0]) for place in places)


_TELL = (
    r"(?:send|sends|forward|tell|write|mail|e-?mail|message|text|ping|notify|inform|remind|ask|invite|answer|reply|respond"
    r"|post|publish|announce|share|submit|upload|pay|transfer|wire|deliver|cc|report|draft|let|give|thank"
    r"|sende\w*|schick\w*|schreib\w*|sag\w*|teil\w*|mitteil\w*|informier\w*|benachrichtig\w*|antwort\w*|leit\w*|weiterleit\w*"
    r"|frag\w*|erinner\w*|einlad\w*|lad\w*|poste\w*|veröffentlich\w*|überweis\w*|zahl\w*|meld\w*|bescheid"
    r"|envoie\w*|envoyer|écri\w+|dis|dire|transf\w+|préviens|prévenir|inform\w+|répond\w*|demand\w+|invit\w+|publi\w+|partag\w+"
    r"|paie\w*|paye\w*|vire\w*|rappell?e\w*"
    r"|env[ií]a\w*|envi[ae]\w*|manda\w*|escrib\w+|di(?:le|les|ga)?|avis\w+|respond\w*|pregunt\w+|reenv\w+|compart\w+|paga?\w*"
    r"|invia\w*|scriv\w+|rispond\w+|inoltr\w+|avvis\w+|chied\w+|condivid\w+|pubblic\w+"
    r"|envie\w*|escrev\w+|diga|diz\w*|pergunt\w+|encaminh\w+|partilh\w+|compartilh\w+|publiq\w+"
    r"|stuur\w*|sturen|schrijf\w*|schrijven|vertel\w*|antwoord\w*|beantwoord\w*|vraag|vragen|nodig|deel|delen|plaats\w*"
    r"|betaal\w*|meld\w*|doorstur\w*)"
)
_TELLS = re.compile(rf"\b{_TELL}\b")
_TO = (
    r"to|toward|with|at|into|on|onto|cc|bcc|an|zu[mr]?|auf|mit|à|aux?|avec|sur|al|ai|alla|agli|ad|alle|con|su|para|ao|aos"
    r"|às?|aan|naar|met|op"
)
_A = r"a"  # “to” in Spanish, Italian and Portuguese; an article in English
_IN = re.compile(r"\b(?:in|im|dans|en|nel|nella|no|na|em) $")
_SHOWS = re.compile(
    r"\b(?:post|publish|announce|share|upload|poste|veröffentlich|publi|pubblic|plaats|deel)\w*\b"
)
_WHO = (
    r"(?:team|group|channel|chat|room|list|address|colleagues?|gruppe|kanal|adresse|kolleg\w+|herrn?|frau|équipe|groupe|canal"
    r"|salon|équipo|equipo|grupo|squadra|gruppo|canale|equipe|groep|kanaal|mr|mrs|ms|dr|m|mme|sr|sra|sig)\.?"
)
_ABOUT = r"(?!(?:from|of|by|about|von|de|du|di|da|van|over|über)\b)"
_ITEM = rf"{_ABOUT}[^\s,;]+(?: {_ABOUT}[^\s,;]+)?"
_LIST = rf"(?:{_ITEM}(?:, (?:and |und |et |y |e |en )?| (?:and|und|et|y|e|en|&|or|oder|ou|o) )){{0,4}}"
_LEAD = rf"(?:{THE} )?(?:{_WHO} )?(?:{THE} )?"
# “The mail Anna wrote”: behind an article a verb's word is a thing.
_DIRECT = re.compile(
    rf"(?<!the )(?<!this )(?<!that )(?<!my )(?<!\ba )(?<!each )(?<!every )"
    rf"\b{_TELL} (?:it |that |this )?{_LIST}(?:(?:{THE} )?{_WHO} )?$"
)
_DIRECT_THE = re.compile(rf"\b{_TELL} {THE} $")
_GOES_ON = re.compile(r"[\W]*$|[)\"'”’]*(?:,|;| (?:and|und|et|y|e|en|&|or|oder|ou|o)\b)")
_NOT = re.compile(
    r"\b(?:not|\w+n['’]t|never|without|nicht|kein\w*|nie|ohne|pas|jamais|sans|nunca|non|mai|senza|não|sem|niet|geen|nooit|zonder)\b"
)
_REPLY = re.compile(
    r"\b(?:answer|reply|respond|antwort\w*|beantwort\w*|répond\w*|respond\w*|contest\w+|rispond\w+|antwoord\w*)\b"
)
_FROM = re.compile(rf"\b(?:from|of|by|von|de|du|di|da|van) {_LEAD}$")
_ENDING = re.compile(r"(?<=\w\w)[.!?;]\s")


def is_addressed(token: str, text: str) -> bool:
    """Does the instruction say that something goes to them: a verb of telling, and they are told?"""
    if _other_script(text):
        return True
    whole = re.finditer(rf"(?<![\w@./+\-]){re.escape(token)}(?![\w@/+\-]|\.\w)", text)
    return any(_is_addressed(*_sentence(text, place.start(), place.end()), text) for place in whole)


def _other_script(text: str) -> bool:
    """Mostly in letters of a script whose verbs are not listed here: then what is named counts as told."""
    letters = [
        letter for letter in " ".join(word for word in text.split() if "@" not in word) if letter.isalpha()
    ]
    return sum(letter > "\u024f" for letter in letters) > len(letters) / 2


def _is_addressed(before: str, after: str, text: str) -> bool:
    before = re.sub(rf"[{_QUOTES}(\[<#@]+$", "", before)
    if _NOT.search(before.rpartition(",")[2]) or (before.endswith(", ") and not _GOES_ON.match(after)):
        return False
    if _DIRECT.search(before) or (_DIRECT_THE.search(before) and re.match(rf" {_WHO}\b", after)):
        return True
    if not (_TELLS.search(before) or _TELLS.search(after)):
        return False
    if _REPLY.search(before) and (_FROM.search(before) or re.match(r"['’]s\b", after)):
        return True
    to = _TO if language(text) == "en" else f"{_TO}|{_A}"
    if re.search(rf"\b(?:{to}) {_LEAD}{_LIST}{_LEAD}$", before):
        return True
    if _IN.search(re.sub(rf"{_LEAD}$", "", before)) and _SHOWS.search(before):
        return True
    # In German and Dutch the verb may stand behind: “Anna informieren”, “Anna Bescheid geben”.
    return bool(re.match(rf"(?: (?:und|en) \S+)?,? (?:bitte |graag )?{_TELL}\b", after))


def _sentence(text: str, start: int, end: int) -> tuple[str, str]:
    """What of the sentence stands before and behind a place."""
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    cut = [ending.end() for ending in _ENDING.finditer(before)]
    stop = re.search(r"[.!?;](?:\s|$)", after)
    return before[cut[-1] if cut else 0 :], after[: stop.start()] if stop else after
