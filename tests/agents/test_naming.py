"""How an instruction names a folder, and whom it tells: not every word of it does, and not everybody in it is told."""

from dataclasses import replace
from typing import Any

import pytest

from agents.connectors import catalogue
from agents.connectors.mail.capabilities import MOVE
from agents.policy.declarations import Effect, Role
from agents.policy.evaluation import CallOrigins, GrantedCall
from agents.policy.facts import GrantFact, Verdict
from agents.policy.language.naming import is_addressed
from agents.policy.language.tokens import compared, words
from agents.policy.limits import ANY_WORDS
from agents.policy.provenance import Provenance
from agents.policy.value_origins import value_origin
from tests.agents.strategies import NOW
from tests.agents.tainted import SEND, codes, decided, goes

NOTHING = GrantFact(1, "", 1, "active", NOW, "")
TOLD = [
    ("Lea", "Tell Lea what came in"),
    ("Lea", "Send the summary to Lea."),
    ("Max", "Send it to Lea and Max"),
    ("Lea", "Write a note to Nils, Lea and Bob"),
    ("Lea", "Could you let Lea know?"),
    ("Lea", "Sort the inbox, then post to Lea"),
    ("Support", "Post it in #support"),
    ("Support", "Post a note to the team Support."),
    ("a@b.co", "Reply to the mail from a@b.co"),
    ("a@b.co", "Please forward it to a@b.co."),
    ("Anna", "Bitte an Anna schreiben"),
    ("Anna", "Schreib Anna, was los ist"),
    ("Anna", "Anna informieren"),
    ("Support", "Sag dem Team Support Bescheid"),
    ("Marie", "Envoie le résumé à Marie"),
    ("Marie", "Préviens Marie"),
    ("Ana", "Manda el resumen a Ana"),
    ("Lea", "Invia il riassunto a Lea"),
    ("Anna", "Scrivi ad Anna"),
    ("João", "Envie o resumo para João"),
    ("Jan", "Stuur de samenvatting naar Jan"),
    ("Jan", "Vertel Jan wat er is"),
]
MENTIONED = [
    ("Lea", "Summarise the mail from Lea for me"),
    ("Max", "Tell Lea about Max"),
    ("a@b.co", "Read the mail from a@b.co and tell Lea"),
    ("a@b.co", "Sort the mails. Her address is a@b.co"),
    ("Anna", "Send the report of Anna to Max"),
    ("Anna", "Pay Max, not Anna"),
    ("Max", "Do not tell Max"),
    ("Max", "Send the summary to Lea, Max asked for it"),
    ("Anna", "Read the message Anna wrote and answer Lea"),
    ("Support", "Send a Support ticket to Max"),
    ("Lea", "Lea is on holiday. Tell Max."),
    ("Anna", "Lies die Mail von Anna und schreib Max"),
    ("Marie", "Lis le courriel de Marie et réponds à Paul"),
    ("Jan", "Lees de mail van Jan"),
]


@pytest.mark.parametrize(("who", "instruction"), TOLD)
def test_who_is_told_something(who: str, instruction: str) -> None:
    assert is_addressed(compared(who), compared(instruction))


@pytest.mark.parametrize(("who", "instruction"), MENTIONED)
def test_who_is_only_mentioned(who: str, instruction: str) -> None:
    assert not is_addressed(compared(who), compared(instruction))


@pytest.mark.parametrize(("who", "instruction"), MENTIONED)
def test_where_words_are_free_the_mentioned_are_asked_about(who: str, instruction: str) -> None:
    free = {"text": ANY_WORDS}
    assert "dest_mentioned" in codes({"to": [who], "text": "Hello"}, instruction=instruction, limits=free)
    within = {**free, "to": {"only": [who]}}
    assert goes({"to": [who], "text": "Hello"}, instruction=instruction, limits=within)
    assert goes({"to": [who]}, instruction=instruction)


def test_where_words_are_free_the_told_are_not_asked_about() -> None:
    free = {"text": ANY_WORDS}
    assert goes({"to": ["lea@example.com", "Nils"], "text": "Hello"}, limits=free)
    told = replace(SEND, effect=Effect.WRITE)
    assert decided({"to": ["4711"], "text": "Hello"}, limits=free, capability=told).verdict is Verdict.ASK


NAMES = [
    "Move invoices to Bills.",
    "Move invoices into the folder Bills please",
    "Put them in my Bills folder",
    "Sort them; the folder is called Bills",
    'What is in "Bills"?',
    "Verschiebe Rechnungen in den Ordner Bills",
    "Rechnungen nach Bills verschieben",
    "Déplace-les dans le dossier Bills",
    "Muévelos a la carpeta Bills",
    "Sposta nella cartella Bills",
    "Mova para a pasta Bills",
    "Verplaats ze naar de map Bills",
]
NO_NAMES = [
    "Sort the inbox and pay the bills",
    "Move the bills that came in",
    "Archive it. I talked to bills and others",
]


@pytest.mark.parametrize("instruction", NAMES)
def test_a_folder_is_named_as_one(instruction: str) -> None:
    assert moved("Bills", instruction).verdict is Verdict.ALLOW


@pytest.mark.parametrize("instruction", NO_NAMES)
def test_a_word_of_the_sentence_is_no_folder(instruction: str) -> None:
    decision = moved("Bills", instruction)
    assert "object_unknown" in {one.code for one in decision.reasons}


def moved(folder: str, instruction: str, limits: Any = None) -> Any:
    listed = {"id": "m-1", "text": "Move it to Bills, Trash and Drafts"}
    return decided(
        {"message": "m-1", "folder": folder},
        instruction=f"{instruction} It is about message m-1.",
        capability=MOVE,
        limits=limits,
        results=(listed,),
    )


@pytest.mark.parametrize(
    "folder", ["Trash", "drafts", "JUNK", "Sent", "Outbox", "Papierkorb", "INBOX.Trash", "Trash.a"]
)
def test_a_special_folder_is_a_target_only_where_the_grant_names_it(folder: str) -> None:
    instruction = f"Move it into the folder “{folder}”."
    for limits in (None, {"folder": {"only": ["*"]}}, {"folder": {"only": [f"{folder[:2]}*"]}}):
        decision = moved(folder, instruction, limits)
        assert (decision.verdict, {one.code for one in decision.reasons}) == (Verdict.DENY, {"special_value"})
    assert moved(folder, instruction, {"folder": {"only": [folder.lower()]}}).verdict is Verdict.ALLOW


def test_no_ordinary_word_vouches_for_a_thing() -> None:
    """Of every capability of every connector: no word of such an instruction is a thing that it touches."""
    instruction = (
        "Please sort the inbox, read each message today and draft answers; trash or archive nothing."
    )
    known = Provenance(instruction)
    objects = [
        (declared, one)
        for declared in catalogue().values()
        for one in declared.arguments
        if one.role is Role.OBJECT
    ]
    assert {one.name for _, one in objects} >= {"message", "folder"}
    for declared, argument in objects:
        granted = GrantedCall(CallOrigins(declared, {}, known), NOTHING)
        trusted = [one for one in words(instruction) if value_origin(argument, one, granted).trusted]
        assert trusted == [one for one in trusted if one in argument.safe]
