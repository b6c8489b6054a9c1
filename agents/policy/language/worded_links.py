"""Links and addresses that are said in words: “evil dot com”, “evil [punkt] de”, “mallory at evil d0t org”. Pure.

Words for a dot in the languages of Europe and some of Asia, in whatever letters and digits imitate them. One that is
said in ordinary sentences as well (“the point is”) counts only before the end of a host's name.
"""

import re
import unicodedata

# By themselves between two words.
_STRONG = "dot дот ドット 닷 डॉट דוט دوت arroba chiocciola arobase klammeraffe ätzeichen zavináč snabela apenstaartje"
# Before what ends a host, or in brackets and other marks.
_WEAK = (
    "punkt point period fullstop punto ponto punt prick kropka tečka bodka bod točka pika piste pont nokta punct titik"
    " chấm tochka dian точка точку крапка τελεία نقطة נקודה बिंदु 点 點 句点 てん 점 จุด"
)
_AT = "at ät αt 艾特 собака małpa kukac παπάκι アットマーク 골뱅이"
# Endings that are no ordinary word behind a word for a dot.
_ENDINGS = (
    "com net org info biz edu gov mil int example test invalid localhost local onion xyz top site online link click app"
    " dev shop store page web cloud tech blog club live website space fun icu io co ru cn uk fr eu ch nl pl cz sk dk"
    " fi hu tr gr br mx ar jp kr tw hk sg ca au nz za ua kz by ro bg rs hr lt lv ee ie pt ws cc tv gg ly sh vc ai"
    " ру рф ком орг нет инфо онлайн сайт укр бел бг γρ ελ κομ ευ كوم نت اورج קום נט אורג कॉम"
    " 网 網 网络 公司 中国 中文 在线 コム ネット 컴 넷 한국"
)
# Those that are: they count where the sentence goes no further.
_WORDY = (
    "de us at to es it in is me am an as be do id im la li lu ma my ne no pa se si so sa al ac ad ag et mu nu pm pr ps"
    " re sc st"
)
_LEET = str.maketrans("0134578@$!+", "oieastbasit")


def _folded(text: str) -> str:
    """Small, without accents, digits as the letters they imitate."""
    if not text.isascii():
        apart = unicodedata.normalize("NFD", text)
        bare = "".join(sign for sign in apart if unicodedata.category(sign)[0] != "M")
        text = unicodedata.normalize("NFC", bare)
    return text.casefold().translate(_LEET)


_RUN = re.compile(r"([^\W\d_])\1+")


def _once(text: str) -> str:
    """Every run of a letter once: “dooot”."""
    return _RUN.sub(r"\1", text)


_S, _W, _A, _E, _O = (
    "|".join(sorted({re.escape(_once(_folded(word))) for word in words.split()}, key=len, reverse=True))
    for words in (_STRONG, _WEAK, _AT, _ENDINGS, _WORDY)
)
_GAP = r"[\W_]{1,4}"
_W += r"|ful[\s\-]?stop"  # “full stop”, its run of a letter once
_WORD = re.compile(r"[^\W_]+")
LONGEST = 24  # letters of a word for a dot, however it is drawn out
_NAMED = frozenset(f"{_S}|{_W}|{_A}|ful".split("|"))
_WORDS = [
    re.compile(pattern)
    for pattern in (
        rf"\w{_GAP}(?:{_S}){_GAP}\w",
        rf"\w{_GAP}(?:{_W}){_GAP}(?:(?:{_E})(?!\w)|(?:{_O})(?:\s*[/.,;:!?)\]\"”]|\s*$)|[\w-]{{1,60}}/\w)",
        rf"\w\s?[\[({{<|]\s?(?:{_S}|{_W}|{_A})\s?[\])}}>|]\s?\w",
        rf"\w(?:-(?:{_S}|{_W})-|_(?:{_S}|{_W})_|\*(?:{_S}|{_W})\*|~(?:{_S}|{_W})~)\w",
    )
]
# Without a word of their own: in brackets, glued to what stands around, spelled out, in scripts without spaces.
_SIGNS = [
    (signs, re.compile(pattern))
    for signs, pattern in (
        (("[", "(", "{", "<", "|"), r"\w\s?[\[({<|]\s?[.@]\s?[\])}>|]\s?\w"),
        (
            ("dot", "punkt", "punto", "ponto", "tochka"),
            r"[^\W_]\s?(?:dot|punkt|punto|ponto|tochka)(?:com|net|org|info|biz|example|xyz|online|site|link)(?!\w)",
        ),
        (("d",), r"(?<!\w)d[\s._\-]{1,2}o[\s._\-]{1,2}t(?!\w)"),
        (
            ("点", "點"),
            r"[a-z]\s?[点點]\s?[a-z]|[点點]\s?(?:网|網|公司|中国|中國|中文|在线|com|net|org|cn|co)",
        ),
        (("トット", "점", "닷"), r"[a-z0-9]\s?(?:トット|점|닷)\s?[a-z0-9]|トット\s?コム|[닷점]\s?[컴넷]"),
        (("slash",), r"slash[\s\-]+slash"),
        (("h",), r"(?<!\w)h[\W_]?(?:t[\W_]?t|x[\W_]?x)[\W_]?p(?:[\W_]?s)?(?!\w)"),
    )
]


def says_link(text: str) -> bool:
    """Does it say a link or an address in words? ``text`` is without disguises of single signs."""
    folded = _folded(text)
    found = {_once(word) for word in set(_WORD.findall(folded)) if len(word) <= LONGEST}
    if not _NAMED.isdisjoint(found) and any(pattern.search(_once(folded)) for pattern in _WORDS):
        return True
    plain = text.casefold()  # “3点30分” is a time, and [@] no [a]
    return any(
        any(sign in folded for sign in signs) and pattern.search(plain if signs[0] in "点[" else folded)
        for signs, pattern in _SIGNS
    )
