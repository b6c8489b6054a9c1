"""The charsets that mail programs name, by all the names that they use. Pure, never raises.

A named charset is read as browsers and mail programs do: by the wider one that people's programs really wrote, and
with a sign for each byte that is no letter in it.
"""

import codecs
import re
from collections.abc import Callable

from agents.connectors.mail import east_asian

Reader = Callable[[bytes], str]
# What is tried, the narrowest first (the last one reads what none can read whole), and for which names, written
# without their signs. Names that Python knows by itself are not here.
_NAMES: dict[tuple[str, ...], str] = {
    ("cp1252",): "iso88591 latin1 ansi",
    ("cp1254",): "iso88599 latin5",
    ("cp874",): "iso885911 tis620 macthai",
    ("iso8859_8", "cp1255"): "iso88598 hebrew logical visual",
    ("cp1255",): "machebrew",
    ("koi8_r",): "koi koi8",
    ("koi8_u",): "koi8ru",
    ("gb18030",): "gb2312 gb231280 gbk gb euccn isoir58 chinese cp936 macchinesesimp",
    ("hz",): "hz hzgb2312",
    ("big5hkscs", "cp950"): "big5 cnbig5 xxbig5 big5eten macchinesetrad",
    ("cp950", "big5hkscs", "cp950"): "cp950",
    ("cp949",): "euckr ksc5601 ksc56011987 ksc56011989 korean uhc mackorean",
    ("cp932", "shift_jis_2004", "cp932"): "shiftjis sjis mskanji cp932 windows31j macjapanese",
    ("iso2022_jp", "iso-2022-jp"): "iso2022jp jis jis7",
    ("iso2022_jp_1", "iso-2022-jp"): "iso2022jp1",
    ("iso2022_jp_2", "iso-2022-jp"): "iso2022jp2",
    ("iso2022_jp_3", "iso-2022-jp"): "iso2022jp3",
    ("iso2022_jp_2004", "iso-2022-jp"): "iso2022jp2004",
    ("iso2022_jp_ext", "iso-2022-jp"): "iso2022jpext",
    ("iso-2022-cn",): "iso2022cn iso2022cnext",
    ("iso-2022-jp",): "iso2022jpms",
    ("euc_jp", "euc-jp"): "eucjp ujis eucpkdfmtjapanese",
    ("euc-jp",): "eucjpms",
    ("utf-8",): "unicode11utf8 unicode20utf8 utf8mb4 utf8n utf8sig",
    ("utf-7",): "unicode11utf7 unicode20utf7",
    ("utf-16",): "iso10646ucs2 ucs2 unicode",
    ("mac_roman",): "macintosh mac",
    ("mac_latin2",): "macce maccentraleurope maccentraleurroman",
    ("mac_iceland",): "macicelandic",
    ("mac_cyrillic",): "macukrainian",
}
KNOWN = {name: tried for tried, names in _NAMES.items() for name in names.split()}
# Windows' own numbers that are no names of Python's.
NUMBERED = {
    65001: "utf8", 65000: "utf7", 1200: "utf16le", 1201: "utf16be", 12000: "utf32le", 20127: "ascii",
    20866: "koi8r", 21866: "koi8u", 54936: "gb18030", 51936: "gbk", 52936: "hz", 20936: "gb2312", 936: "cp936",
    950: "cp950", 932: "cp932", 943: "cp932", 20932: "eucjp", 51932: "eucjp", 50220: "iso2022jp",
    50221: "iso2022jp", 50222: "iso2022jp", 50225: "iso2022kr", 51949: "euckr", 1361: "johab", 10000: "macroman",
    10004: "macarabic", 10006: "macgreek", 10007: "maccyrillic", 10010: "macromanian", 10029: "macce",
    10079: "maciceland", 10081: "macturkish", 10082: "maccroatian", **{28590 + n: f"iso8859{n}" for n in range(1, 17)},
}  # fmt: skip
OWN: dict[str, Reader] = {
    "iso-2022-jp": east_asian.iso_2022_jp,
    "euc-jp": east_asian.euc_jp,
    "iso-2022-cn": east_asian.iso_2022_cn,
}
NOT_FOR_MAIL = {
    "idna",
    "punycode",
    "undefined",
    "unicodeescape",
    "rawunicodeescape",
    "charmap",
    "mbcs",
    "oem",
}
PLAIN = {"ascii", "usascii", "us", "ansix341968", "ansix341986", "iso646us", "isoir6", "ibm367", "7bit"}

_windows = re.compile(r"(?:x|cs)?(?:microsoft)?(?:windows|win|codepage|cp|ibm|dos|msdos|ms)0*([0-9]{3,5})")
_iso = re.compile(r"(?:iso)?(?:iso)?8859(1[0-6]|[1-9])(?:[ei]|19[0-9]{2}|2[0-9]{3})?")


def plain_name(written: str) -> str:
    """The name as it was probably meant: without quotes, comments and what follows."""
    name = written.strip().lower().removeprefix("charset=").removeprefix("3d").strip("\"'<>()[]=\\ \t")
    return re.split(r"[;,\s\"'*]", name, maxsplit=1)[0][:60]


def is_plain_ascii(name: str) -> bool:
    return re.sub(r"[^a-z0-9]", "", name) in PLAIN


def readers(name: str) -> tuple[str, ...]:
    """The codecs to try for a charset's name; none where it names no charset."""
    short = re.sub(r"[^a-z0-9]", "", name.rpartition(".")[2] if re.match(r"[a-z]{2}_", name) else name)
    names = [_numbered(known) for known in (short, short.removeprefix("x"), short.removeprefix("cs"))]
    if found := next((KNOWN[known] for known in names if known in KNOWN), None):
        return found
    named = next((codec for known in (*names, name) if (codec := _python(known))), "")
    return (named,) if named else ()


def _numbered(short: str) -> str:
    if match := _windows.fullmatch(short):
        return NUMBERED.get(int(match[1]), f"cp{int(match[1])}")
    match = _iso.fullmatch(short)
    return f"iso8859{match[1]}" if match else short


def _python(short: str) -> str:
    """Python's codec of that name. Some of its codecs turn bytes into bytes (zip, base64): those are no charsets."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._:-]*", short) or re.sub("[^a-z0-9]", "", short) in NOT_FOR_MAIL:
        return ""
    spelled = re.sub(r"^mac(?=[a-z])", "mac_", re.sub(r"^(iso8859|koi8|utf)(?=[a-z0-9])", r"\1_", short))
    for name in (short, spelled):
        try:
            found = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if getattr(found, "_is_text_encoding", True):
            return found.name
    return ""


def text(data: bytes, tried: tuple[str, ...], *, whole: bool = True) -> tuple[str, bool]:
    """(text, was every byte a letter). Not ``whole``: ``data`` was cut, so it may end within a letter."""
    for codec in tried:
        if codec not in OWN and (found := _read(data, codec, "strict", whole)) is not None:
            return found, True
    if (own := OWN.get(tried[-1])) is not None:
        said = own(data)
        return said if whole else said.rstrip(east_asian.LOST), east_asian.LOST not in said
    return _read(data, tried[-1], "replace", whole) or "", False


def _read(data: bytes, codec: str, errors: str, whole: bool) -> str | None:
    if codec in {"utf-16", "utf-32"}:
        codec += _order(data)
    try:
        return codecs.getincrementaldecoder(codec)(errors).decode(data, final=whole)
    except (UnicodeError, LookupError, ValueError):
        return None


def _order(data: bytes) -> str:
    """Of wide letters without a mark in front: Latin signs have their zero byte first or last."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ""
    return "-be" if data[0:2_000:2].count(0) > data[1:2_000:2].count(0) else "-le"
