"""Disguises of a value, one property each: what is not the person's to the letter never just goes."""

import unicodedata

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from agents.policy.facts import Verdict
from agents.policy.language.invisible import is_hidden, spelled_out
from agents.policy.language.links import holds_code, holds_link
from agents.policy.language.tokens import ALIKE, skeleton
from tests.agents.tainted import decided, goes

ADDRESS, PAGE, WORD = "lea@example.com", "https://example.com/board", "kestrel"
TARGETS = st.sampled_from([("to", ADDRESS), ("url", PAGE), ("word", WORD)])
HIDING = st.characters(categories=["Cf", "Cc", "Co"]) | st.sampled_from(
    "\u3164\u115f\u2800\ufe0f\u034f\U000e0101"
)
LOOKS: dict[str, str] = {}
for _code, _latin in ALIKE.items():
    LOOKS.setdefault(_latin, chr(_code))


def call(name: str, value: str) -> dict[str, object]:
    """The rest of the call is the person's own, so that only this value can ask."""
    rest: dict[str, object] = {"to": [ADDRESS]}
    return rest | {name: [value] if name == "to" else value}


@given(TARGETS)
def test_undisguised_it_goes(target: tuple[str, str]) -> None:
    assert goes(call(*target))


@given(TARGETS, st.data())
def test_confusable_letters(target: tuple[str, str], data: st.DataObject) -> None:
    name, value = target
    at = data.draw(st.sampled_from([n for n, one in enumerate(value) if one in LOOKS]))
    fake = value[:at] + LOOKS[value[at]] + value[at + 1 :]
    assert not goes(call(name, fake))
    assert skeleton(fake) == skeleton(value)


@given(TARGETS, st.data())
def test_compatibility_forms_and_marks(target: tuple[str, str], data: st.DataObject) -> None:
    """Full-width, mathematical and marked letters become the person's own under normalisation; they do not go."""
    name, value = target
    at = data.draw(st.sampled_from([n for n, one in enumerate(value) if one.isascii() and one.isalpha()]))
    forms = [chr(ord(value[at]) + 0xFEE0), chr(0x1D41A + ord(value[at]) - ord("a")), value[at] + "\u0301"]
    fake = value[:at] + data.draw(st.sampled_from(forms)) + value[at + 1 :]
    assert unicodedata.normalize("NFKC", fake) != fake or "\u0301" in fake or fake != value
    assert not goes(call(name, fake))


@given(TARGETS, HIDING, st.data())
def test_zero_width_and_bidi(target: tuple[str, str], sign: str, data: st.DataObject) -> None:
    name, value = target
    at = data.draw(st.integers(0, len(value)))
    fake = value[:at] + sign + value[at:]
    assert not goes(call(name, fake))


@given(st.text(HIDING | st.characters(), max_size=30))
def test_a_reader_sees_every_sign_that_hides(text: str) -> None:
    shown = spelled_out(text)
    emoji = {"\ufe0f", "\u200d"}
    assert not [one for one in shown if is_hidden(one) and one not in emoji]


NAMES = st.text("abcxyz019.-_+", min_size=1, max_size=6)


@given(NAMES)
@example("evil")
def test_address_tricks(noise: str) -> None:
    tricks = [
        f"{noise} <{ADDRESS}>", f"<{ADDRESS}>", f'"{ADDRESS}" <{noise}@evil.example>', f"lea+{noise}@example.com",
        f"lea@{noise}.example.com", f"{ADDRESS}.{noise}", f"{ADDRESS}@{noise}", f"{noise}@{ADDRESS}", f"{ADDRESS}.",
        f".{ADDRESS}", f"{noise}{ADDRESS}", f"{ADDRESS}{noise}", f"{ADDRESS},{noise}@evil.example",
        f"{ADDRESS};{noise}@evil.example", f"{ADDRESS}%{noise}", "lea@xn--example-abc.com", f"lea@example.com/{noise}",
        f"mailto:{ADDRESS}", f"{ADDRESS}?bcc={noise}@evil.example", f" {ADDRESS}", f"{ADDRESS} ", f"{ADDRESS}\n",
    ]  # fmt: skip
    assert [one for one in tricks if goes({"to": [one]})] == []


@given(NAMES)
def test_page_tricks(noise: str) -> None:
    tricks = [
        f"{PAGE}/{noise}", f"{PAGE}?{noise}", f"{PAGE}#{noise}", f"https://{noise}@example.com/board",
        f"https://example.com:{noise}@evil.example/board", f"https://{noise}.example.com/board",
        f"https://example.com.{noise}/board", "https://example.com./board", "https://example.com:443/board",
        "http://example.com/board", "https://xn--xample-9uf.com/board", f"https://example.com/{noise}/../board",
        f"https://example.com\\@{noise}/board", "https://example.com/%62oard", "example.com/board", "example.com",
        f"//example.com/{noise}", f"https://evil.example/?{PAGE}",
    ]  # fmt: skip
    assert [one for one in tricks if goes({"to": [ADDRESS], "url": one})] == []


@given(st.integers(0, 10**9) | st.floats(allow_nan=True, allow_infinity=True))
def test_numbers_are_the_persons_or_ask(number: float) -> None:
    assert goes({"to": [ADDRESS], "amount": number}) is (number == 1500)


NOTATIONS = [
    "1500",
    "1.5e3",
    "0x5DC",
    "1,500",
    "1 500",
    "١٥٠٠",
    "１５００",
    "MD",
    "1500.00",
    "-1500",
    "1500%",
]
AROUND = ["to {} x", "on {} May", "{} %", "no. {}", "for invoice {}"]


@given(st.sampled_from(NOTATIONS))
def test_other_notations_of_a_number(text: str) -> None:
    """A number is a number: as a text it is another type than declared, and refused."""
    assert decided({"to": [ADDRESS], "amount": text}).verdict is Verdict.DENY


@given(
    st.sampled_from(["1,500", "1'500", "1.500", "1500"]),
    st.sampled_from(AROUND),
)
def test_a_number_counts_only_where_it_reads_one_way_and_is_an_amount(written: str, around: str) -> None:
    said = f"Pay lea@example.com {around.format(written)}"
    plain = around == "to {} x" and written in {"1'500", "1500"}
    assert goes({"to": [ADDRESS], "amount": 1500}, instruction=said) is plain


@given(st.integers(1, len("evil.example/leak") - 1), st.sampled_from(["", " "]))
def test_a_link_that_is_split_over_arguments(at: int, gap: str) -> None:
    link = "evil.example/leak"
    first, second = link[:at], link[at:]
    assume(not holds_link(first) and not holds_link(second))
    instruction = f"Send {first} and {second} to lea@example.com"
    assert not goes({"to": [ADDRESS], "title": first + gap, "text": second}, instruction=instruction)


@given(
    st.lists(st.just(ADDRESS), max_size=20),
    st.integers(0, 20),
    st.sampled_from(["x@evil.example", "", "lea"]),
)
def test_one_bad_element_of_a_list(good: list[str], at: int, bad: str) -> None:
    assert not goes({"to": [*good[:at], bad, *good[at:]]})


WRONG = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=20,
)


@given(st.sampled_from(["to", "url", "file", "amount", "word", "title", "text", "when"]), WRONG)
@settings(max_examples=300)
def test_whatever_is_in_an_argument_it_never_fails_and_never_goes_unspoken(name: str, value: object) -> None:
    decision = decided({"to": [ADDRESS]} | {name: value})
    if decision.verdict is Verdict.ALLOW:
        own = {None, "", ADDRESS, 1500}
        flat = value if isinstance(value, list) else [value]
        assert all(one in own or name in {"title", "text", "when"} for one in flat)


def test_huge_and_deeply_nested_arguments_are_refused_quickly() -> None:
    deep: object = "x"
    for _ in range(5_000):
        deep = [deep]
    for value in (deep, {"a": deep}, ["x"] * 50_000, "x" * 2_000_000, 10**400):
        assert decided({"to": [ADDRESS], "text": value}).verdict is Verdict.DENY
        assert decided({"to": value}).verdict is Verdict.DENY


CODE = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=6, max_size=12)


@given(CODE, st.sampled_from(["{}", "x {} y", "({})", "{}."]))
def test_codes_are_found(code: str, around: str) -> None:
    assume(any(one.isdigit() for one in code) and any(one.isalpha() for one in code))
    assert holds_code(around.format(code))
    assert holds_code(around.format("-".join(code)))
    assert not goes({"to": [ADDRESS], "text": around.format(code)})
