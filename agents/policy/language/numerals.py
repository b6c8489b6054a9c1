"""Numbers that are written as words, from two to ninety-nine, in the seven languages people instruct agents in.

*One* is an article or a pronoun in most of them, and no amount. A word that is a number in one language and an everyday
word in another (*once*, *due*, *sei*) counts only in a text of its language.
"""

import re
from functools import lru_cache

_SMALL = {  # two to nineteen
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    " achtzehn neunzehn",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit"
    " dix-neuf",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete"
    " dieciocho diecinueve",
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
    " diciassette diciotto diciannove",
    "pt": "dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito"
    " dezenove",
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
    " achttien negentien",
}
_TENS = {  # twenty to ninety
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
}
_OTHER = {"fr": {"quatre-vingt": 80}, "pt": {"duas": 2, "dezasseis": 16, "dezassete": 17, "dezanove": 19}}
# How tens and units stand together; {t} and {u}. What a language says otherwise is no amount here, and asks.
_JOINED = {
    "en": ("{t}-{u}", "{t} {u}"),
    "de": ("{u}und{t}",),
    "fr": ("{t}-{u}",),
    "es": ("{t} y {u}",),
    "it": ("{t}{u}",),
    "pt": ("{t} e {u}",),
    "nl": ("{u}en{t}", "{u}ën{t}"),
}
_EVERYDAY = {  # numbers of one language that are other words, or other numbers, in another
    "en": "six",
    "de": "elf acht neun",
    "fr": "six sept neuf",
    "es": "once dos doce",
    "it": "due sei tre sette",
    "pt": "onze dez sete",
    "nl": "elf acht drie",
}
_TELLS = {  # words that tell the language of a text
    "en": "the of and to is for with my please from it this that in on at buy send",
    "de": "der die das und ist für mit mein bitte von es den dem ein eine auf nicht ich",
    "fr": "le la les des et est pour avec mon ma svp de une dans sur au",
    "es": "el la los las y es para con mi por favor de una en del al que",
    "it": "il lo la gli e è per con mio mia di una nel della del che alla",
    "pt": "o os as e é para com meu minha de uma no na do da que por",
    "nl": "de het en is voor met mijn van een op aan niet alsjeblieft ik naar",
}


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, int]]:
    """By language: word to number."""
    found = {}
    for language, small in _SMALL.items():
        units = dict(zip(small.split(), range(2, 20), strict=True))
        tens = dict(zip(_TENS[language].split(), range(20, 100, 10), strict=True))
        both = {
            form.format(t=ten, u=unit): number + of
            for ten, number in tens.items()
            for unit, of in units.items()
            if of < 10 and (language, number) not in {("fr", 70), ("fr", 80), ("fr", 90)}
            for form in _JOINED[language]
        }
        found[language] = {**units, **tens, **both, **_OTHER.get(language, {})}
    return found


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    every = sorted({word for words in _all().values() for word in words}, key=len, reverse=True)
    return re.compile(rf"(?<![\w\-])(?:{'|'.join(map(re.escape, every))})(?![\w\-])", re.IGNORECASE)


def in_digits(text: str) -> str:
    """The text with its numbers in digits. Words one after the other are parts of a longer number, and stay."""
    found = list(_pattern().finditer(text))
    spoken, parts, end = language(text) if found else "", [], 0
    for number, match in enumerate(found):
        before, after = found[number - 1] if number else None, found[number + 1 : number + 2]
        if (before and match.start() - before.end() < 2) or (after and after[0].start() - match.end() < 2):
            continue
        word = match.group().lower()
        means = {words[word] for its, words in _all().items() if word in words and _counts(word, its, spoken)}
        if len(means) == 1:
            parts += [text[end : match.start()], str(means.pop())]
            end = match.end()
    return "".join([*parts, text[end:]])


def _counts(word: str, its: str, spoken: str) -> bool:
    return its == spoken or word not in _EVERYDAY[its].split()


def language(text: str) -> str:
    """The language most of whose telling words stand in the text; of two alike, none."""
    found = re.findall(r"\w+", text.lower())
    counted = sorted((sum(found.count(word) for word in words.split()), its) for its, words in _TELLS.items())
    (second, _), (most, best) = counted[-2:]
    return best if most > second else ""
