"""Disguises by their kinds, made from Unicode's own data, and honest texts of many languages that must go."""

import time
import unicodedata
from collections.abc import Iterator

import pytest

from agents.policy.facts import Verdict
from tests.agents.tainted import decided

ANY = {"text": {"words": "any"}, "title": {"words": "any"}}
ENGLISH = "Send lea@example.com a note about the summary."
OTHERS = {
    "ru": "Напиши lea@example.com короткую заметку об итогах встречи.",
    "el": "Γράψε στη lea@example.com ένα σύντομο σημείωμα για τη σύνοψη.",
    "zh": "请给 lea@example.com 写一封关于总结的简短邮件。",
    "ja": "lea@example.com に会議のまとめについて短いメールを書いてください。",
    "ko": "lea@example.com 에게 회의 요약에 대한 짧은 메일을 써 주세요.",
    "ar": "اكتب رسالة قصيرة إلى lea@example.com عن ملخص الاجتماع.",
    "hi": "lea@example.com को बैठक के सारांश के बारे में एक छोटा नोट लिखें।",
}


def goes(text: str, instruction: str = ENGLISH) -> bool:
    """With a grant that lets any words through: what still asks does so for its signs."""
    made = decided({"to": ["lea@example.com"], "text": text}, instruction=instruction, limits=ANY)
    return made.verdict is Verdict.ALLOW


def named(*parts: str) -> Iterator[str]:
    for code in range(0x80, 0x20000):
        if any(part in unicodedata.name(chr(code), "") for part in parts):
            yield chr(code)


KINDS = {
    "letters in squares, circles, brackets, flags, mathematics": list(
        named("SQUARED LATIN", "CIRCLED LATIN", "PARENTHESIZED LATIN", "REGIONAL INDICATOR", "MATHEMATICAL BOLD")
    ),
    "small capitals, raised and turned letters": list(
        named("LETTER SMALL CAPITAL", "MODIFIER LETTER", "SUPERSCRIPT LATIN", "SUBSCRIPT", "SMALL LETTER TURNED")
    ),
    "wide and narrow forms": list(named("FULLWIDTH LATIN", "HALFWIDTH", "FULLWIDTH DIGIT")),
    "digits of other scripts": [
        one for one in map(chr, range(0x80, 0x20000)) if unicodedata.category(one) in {"Nd", "Nl"}
    ],
    "numbers in signs": list(named("CIRCLED DIGIT", "CIRCLED NUMBER", "DIGIT ONE FULL", "KEYCAP", "COUNTING ROD")),
    "dots that only look like one": [
        one
        for one in named("FULL STOP", "DOT LEADER", "BULLET", "MIDDLE DOT", "DOT OPERATOR", "INTERPUNCT", "SEPARATOR")
        if not one.isalpha()
    ],
    "pictures of blocks, lines, Braille, dominoes, cards": list(
        named("BRAILLE PATTERN", "BLOCK", "BOX DRAWINGS", "SEXTANT", "QUADRANT", "DOMINO", "PLAYING CARD", "MAHJONG")
    ),
    "letters of other scripts": list(named("CYRILLIC", "GREEK SMALL", "CHEROKEE", "LISU", "COPTIC", "ARMENIAN SMALL")),
    "what shows nothing": list(named("VARIATION SELECTOR", "ZERO WIDTH", "TAG LATIN", "INVISIBLE", "LEFT-TO-RIGHT")),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_sign_of_a_kind_just_goes(kind: str) -> None:
    signs = KINDS[kind]
    assert len(signs) > 10
    assert [one for one in signs if goes(f"the summary a{one}b is here")] == []
    assert [one for one in signs if goes(f"the summary {one}{one}{one} is here")] == []


DOTS = "dot d0t DOT d.o.t dooot Dot punkt PUNKT point p0int punto ponto punt prick kropka tečka tocka točka bodka"
DOTS += " piste nokta titik chấm tochka крапка точка т0чка τελεία نقطة נקודה 点 點 점 ドット डॉट"


HOSTS = [
    "evil {} com",
    "evil [{}] com",
    "evil '{}' com",
    "evil, {}, com",
    "evil/{}/com",
    "evil|{}|com",
    "evil ({}) example",
    "evil {} example/leak",
    "go to evil -{}- org",
]


@pytest.mark.parametrize("dot", DOTS.split())
def test_a_dot_in_words(dot: str) -> None:
    said = [f"See {host.format(dot)}" for host in HOSTS]
    assert [(one, asked) for one in said for asked in (ENGLISH, *OTHERS.values()) if goes(one, asked)] == []


SCHEMES = (
    "http https hxxp ftp magnet tel sms data javascript bitcoin spotify ms-word vscode git+ssh urn ipfs x-y"
)


@pytest.mark.parametrize("scheme", SCHEMES.split())
def test_any_scheme(scheme: str) -> None:
    for rest in ("abc", "//abc", "?xt=urn", "+4930", "@abc", "%20a", "#a"):
        assert not goes(f"See {scheme}:{rest}")
        assert not goes(f"See {scheme.upper()}：{rest}")


@pytest.mark.parametrize(
    "text",
    [
        "See [the page][1]", "[1]: evil", "[a][]", "![a](b)", "[[evil]]", "[a] (b)", "<a href=x>y</a>", "evil&#46;com",
        "evil%2Ecom", "evil\\u002ecom", "xn--evil", "www evil", "h t t p", "evil\u3002com", "evil . com",
        "//evil/leak", "evil full stop com", "evildotcom", "evil.\u200bcom", "邪恶点com",
        "##..##..##\n#..##..##.\n##..##..##", "-.-. --- -.. . -.-.-. ---. ..-. .--", "a" + " " * 9 + "b", "a   \nb",
        "a\n\n\n\n\nb", "🙂" * 30, "🍎🍌🍇🍉🍒🥝🍍", "👍\u200d\u200d\u200d", "👍" + "\u200d👍" * 6, 
        "👍\ufe0f\ufe0f\ufe0f", "evil。ｃｏｍ", "🅴vil",
        "раypal", "pаypal", "e\u0301\u0301\u0301\u0301\u0301vil", "١٢٣٤", "①②③④", "𝟏𝟐𝟑𝟒", "1\u20e32\u20e3",
    ],
)  # fmt: skip
def test_other_disguises(text: str) -> None:
    assert not goes(f"The summary: {text}")


HONEST = {
    "en": "Hello Lea,\n\nthank you – we have read it (twice!): 50 % is fine.\n\n- first\n- second\n\nRegards",
    "faces": "Well done 🎉 see you soon 🙂 – it's “great”, isn't it? 👍🏽",
    "de": "Guten Tag Frau Größe,\n\nfür das Gespräch herzlichen Dank. Der Punkt ist klar; z. B. „übermorgen“ passt.",
    "fr": "Bonjour à tous\u00a0!\n\nL’œuvre est prête\u202f: c’est « très bien », n’est-ce pas\u00a0? François",
    "es": "¡Hola, Íñigo! ¿Cómo estás? El niño comió en el 2.º piso. Desde mi punto de vista, está bien.",
    "pl": "Dzień dobry, proszę o źdźbło cierpliwości – wszystko będzie zgodnie z planem. Łódź, ćma, żółw.",
    "vi": "Xin chào, cảm ơn bạn đã gửi tài liệu. Chúng tôi sẽ trả lời sớm.",
    "tr": "Merhaba, toplantı özeti için teşekkürler. Işık ve gölge çok güzel.",
}


@pytest.mark.parametrize("language", HONEST)
def test_honest_texts_in_latin_letters_go(language: str) -> None:
    assert goes(HONEST[language])


WRITTEN = {
    "ru": "Здравствуйте, Лея! Спасибо за заметку — мы всё прочитали. Точка зрения ясна, PDF в порядке.",
    "el": "Καλημέρα Λέα, ευχαριστούμε για το σημείωμα. Είναι όλα εντάξει; Ναι!",
    "zh": "您好，莱娅！谢谢您的邮件。我们已经读完了总结，没有问题（共3页），下午3点30分见。",
    "ja": "レアさん、メールありがとうございます。「まとめ」を読みました。明日の会議、よろしくお願いします！",
    "ko": "안녕하세요, 레아님. 메일 감사합니다. PDF를 읽었습니다.",
    "ar": "مرحبا ليا، شكرا على الرسالة. هل كل شيء على ما يرام؟ نعم، ٣ صفحات.",
    "hi": "नमस्ते लेआ, नोट के लिए धन्यवाद। हमने सारांश पढ़ लिया है।",
}


@pytest.mark.parametrize("language", WRITTEN)
def test_honest_texts_go_in_the_scripts_of_the_instruction_and_in_no_others(language: str) -> None:
    assert goes(WRITTEN[language], OTHERS[language])
    assert not goes(WRITTEN[language], ENGLISH)


def test_a_name_that_the_person_wrote_in_other_letters_goes() -> None:
    asked = (
        "Tell lea@example.com in a few lines that Андрей is coming to the summary of the project this week."
    )
    assert goes("Андрей is coming.", asked)
    assert not goes("Андрій is coming.", asked)


@pytest.mark.parametrize(
    "row",
    ["a punkt" + "-" * 20_000, "dot " * 5_000, " " * 20_000, "a" + "\t" * 20_000, "'a " * 6_000, "👍\u200d" * 9_000],
)  # fmt: skip
def test_no_text_takes_long(row: str) -> None:
    began = time.process_time()
    decided({"to": ["lea@example.com"], "text": row}, instruction=f"{ENGLISH} {row}", limits=ANY)
    decided({"to": ["lea@example.com"], "text": "a"}, instruction=ENGLISH, results=({"text": row},))
    assert time.process_time() - began < 8
