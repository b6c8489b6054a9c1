"""Words for one line of the card: what follows "It can label messages on the support mailbox". Pure."""

from collections.abc import Iterator

from django.utils.text import get_text_list

from agents.card.worst import POINTING, Worst
from agents.grants.limits import anything
from agents.policy.declarations import Capability, Effect, Role
from agents.policy.facts import GrantFact
from agents.policy.limits import ANY_WORDS, in_words

OUTSIDE = "asks a second person where it leaves the company"
ANSWERS = {"": "asks a person each time", "always": "asks a second person each time"}


def manner(capability: Capability, grant: GrantFact, found: Worst) -> str:
    """``any message, label only “Invoices” or “News”, does not ask``; empty where there is nothing to say."""
    said = [*_values(capability, grant, found), *_freedom(capability, found)]
    if found.second == "outside":
        said.append(OUTSIDE)
    return ", ".join(said)


def _values(capability: Capability, grant: GrantFact, found: Worst) -> Iterator[str]:
    """What each argument may be, where that is limited, or free and worth a word."""
    for argument in capability.arguments:
        title = argument.title.lower()
        if limit := grant.limits.get(argument.name):
            if limit == ANY_WORDS:
                continue
            if argument.counted:
                yield f"{in_words(limit)} {title}"
            elif limit.get("only") == ["*"]:
                yield anything(argument)
            else:
                yield f"{title} only {in_words(limit)}"
        elif found.state == "can" and capability.effect is not Effect.READ and argument.required:
            if argument.safe and argument.role in POINTING:
                yield f"{title} {in_words({'only': argument.safe})}"
            elif argument.role is Role.OBJECT:
                yield f"any {title}"
    if written := [
        argument.title.lower()
        for argument in capability.arguments
        if grant.limits.get(argument.name) == ANY_WORDS
    ]:
        yield f"writes {get_text_list(written, 'and')} itself"


def _freedom(capability: Capability, found: Worst) -> Iterator[str]:
    match found.state:
        case "shadow":
            yield "only noted, not done"
        case "asks":
            yield ANSWERS.get(found.second, ANSWERS[""])
        case "named" if found.nameable:
            needs = get_text_list([argument.title.lower() for argument in found.needs], "and")
            yield f"asks you, unless your instruction {f'holds the {needs}' if needs else 'names it'}"
        case "named":
            yield "asks a person each time, once it has read what others wrote"
        case "can" if capability.effect is not Effect.READ:
            yield "does not ask"
            if found.extras:
                extras = get_text_list([extra.title.lower() for extra in found.extras], "and")
                yield f"{extras} only if your instruction names it"
