"""Names and readers in an instruction: what is said to be a name, and who is told something."""

import pytest

from agents.policy.language.naming import AROUND, is_addressed, is_named, is_worded
from agents.policy.language.tokens import compared


def test_a_name_of_words_holds_letters_and_the_marks_of_names():
    assert all(map(is_worded, ("bills", "new bills", "jean-luc's", "l’été")))
    assert not any(map(is_worded, ("bills1", "a/b", "a.b", "a_b")))


def named(token: str, text: str, *nouns: str, called: bool = False, place: bool = False) -> bool:
    return is_named(compared(token), nouns, compared(text), called=called, place=place)


@pytest.mark.parametrize(
    "text",
    ["Open “Bills”", "Open 'Bills.'", "the folder is called Bills", "the folder: Bills", "ordner namens Bills",
     "the folder called “Bills”", "folder genannt Bills"],
)  # fmt: skip
def test_a_name_is_quoted_or_said_to_be_one(text: str):
    assert named("Bills", text, "folder", "ordner")


@pytest.mark.parametrize(
    ("text", "nouns"),
    [
        ("Open Bills", ("folder",)), ("the folder called Bills", ()), ("the folder called Bills", ("",)),
        ("the folder called Billsx", ("folder",)), ("the subfolder called Bills", ("folder",)),
        ("the folder Bills", ("folder",)),
        ("Open “Bills", ("folder",)), ("called Bills", ("folder",)), ("", ("folder",)),
    ],
)  # fmt: skip
def test_a_name_that_nothing_says_to_be_one_is_a_word(text: str, nouns: tuple[str, ...]):
    assert not named("Bills", text, *nouns)


def test_what_bears_words_as_names_is_named_by_what_it_is_called():
    for text in (
        "the folder Bills",
        "the Bills folder",
        "the “Bills” folder",
    ):
        assert named("Bills", text, "folder", called=True)
        assert not named("Bills", text.replace("“", "").replace("”", ""), "folder")
    assert not named("Bills", "the xBills folder", "folder", called=True)
    assert not named("Bills", "the Bills folders", "folder", called=True)
    assert not named("Bills", "the Bills folder", called=True)


@pytest.mark.parametrize(
    ("text", "into"),
    [
        ("Move them to Bills", True), ("Move them to my Bills.", True), ("Put it into “Bills” and go", True),
        ("Nach Bills verschieben", True), ("Go to Bills", False), ("Move the Bills", False),
        ("Talk to Bills. Move it", False),
        ("Move it. Talk to Bills", False), ("Move it to Billsville", False), ("Move it to Bills people", False),
        ("Go to Bills and then move it", True), ("Move it over to Bills, please", True),
    ],
)  # fmt: skip
def test_where_things_are_put_is_a_name_of_a_place(text: str, into: bool):
    assert named("Bills", text, "folder", place=True) is into
    assert not named("Bills", text, "folder") or "“" in text


def told(who: str, text: str) -> bool:
    return is_addressed(compared(who), compared(text))


@pytest.mark.parametrize(
    "text",
    [
        "Tell Lea", "Tell it Lea", "Send this to Lea", "Tell Anna, Bob and Lea", "Tell the team Lea",
        "Notify our Lea team",
        "Tell the Lea group", "Send it to “Lea”", "Send it to (Lea)", "Send a mail to the channel Lea",
        "Reply to Lea's mail",
        "Answer the mail of Lea", "Answer the urgent mail in Lea's box", "Answer the mail from my colleague Lea",
        "Post it in Lea",
        "Share the plan on the Lea channel",
        "Lea informieren", "Lea bitte informieren", "Lea und Max informieren", "Max is out. Tell Lea",
        "Is Max out? Tell Lea",
        "Tell Max, not Anna, and write to Lea", "Manda el informe a Lea", "Publica la nota en la Lea",
        "Lea schreiben",
    ],
)  # fmt: skip
def test_a_reader_is_told(text: str):
    assert told("Lea", text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Lea", "Tell Leander", "Tell x.lea", "Tell lea.x", "Tell lea@b.co", "Tell a/lea", "Do not tell Lea",
        "Don’t tell Lea",
        "Tell nobody but never Lea", "Tell Max, Lea said so", "The message Lea wrote",
        "Read my mail of Lea",
        "Read the note. Lea is here. Tell Max", "Write about Lea", "Send the urgent mail in Lea's box",
        "Send a Lea ticket", "Tell Max what Lea wants",
        "Work in Lea", "Post a picture of the sea in May near Lea", "Lies Lea vor", "Summarise it for Lea",
        "Tell Max of Lea",
        "Buy a Lea", "Each message Lea wrote", "Read that text Lea wrote",
    ],
)  # fmt: skip
def test_who_is_in_the_sentence_is_not_told(text: str):
    assert not told("Lea", text)


def test_where_the_verbs_are_not_known_whoever_is_named_counts_as_told():
    assert told("лея", "Прочитай письмо от Леи и Лея")
    assert not told("lea", "Lies die Mail von Lea: Привет")
    assert told("anna.lee@example.com", "Прочитай anna.lee@example.com")
    assert not told("anna", "Read это то Anna")


def test_a_sentence_is_looked_at_as_far_as_people_write_one():
    assert told("Lea", "Tell " + "x" * 10 + ", Lea")
    assert not told("Lea", "Tell " + "about " * (AROUND // 6) + "Lea")
    assert told("Lea", "Lea " + "x" * 5 + " informieren") is False
