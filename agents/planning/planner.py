"""Plans which capabilities an instruction needs, from its own words alone. Pure.

Reads are included generously: they change nothing. Whatever changes something is in the plan only where the
instruction asks for it, by general rules over the capabilities' declarations; no connector is known here by name.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agents.planning.asked import Ask, Read, Thing, kinds, phrased, read
from agents.planning.vocabulary import ACTIONS, DELEGATED, REPEATED, THINGS, VERBS, some
from agents.policy.declarations import Argument, Capability, Effect, Role

WORD = re.compile(r"[^\W_]+")
LINKING = some("to from in into of for by on with via at the a an and or who which that what when about its")
# Verbs so particular that what they are about needs no naming: reschedule my check-up, notify Lea, deploy 1.2.
PARTICULAR = some(
    "send post reschedule cancel invite share pay reserve deploy rollback label move draft approve reject"
)
# What was just made holds who comes and what it says: these add nothing that making it did not ask for.
PART_OF_MAKING = some("add insert include invite put set make füge lade attach")
MAKING = some("create send draft post reserve")
# A message may be about anything: only where it goes counts.
TELLING = frozenset(verb for verb, steps in VERBS.items() if steps == VERBS["notify"])
READING = some("get list read search check find see show look fetch count query view lookup retrieve")


@dataclass(frozen=True, slots=True)
class Offer:
    """A capability as it is compared with what is asked: what it does, to what, and what else it touches."""

    capability: Capability
    actions: frozenset[str]
    heads: frozenset[str]
    others: frozenset[str]

    @property
    def reads(self) -> bool:
        return self.capability.effect is Effect.READ

    @property
    def things(self) -> frozenset[str]:
        return self.heads | self.others

    @property
    def dangerous(self) -> bool:
        """Takes something away or moves money."""
        return self.capability.effect is Effect.DESTRUCTIVE or "money" in self.things


# Words of titles like "look up people" and "see which channels there are": to look is to read, whatever it is.
NO_THINGS = frozenset({"look", "see", "are", "there"})


def plan(instruction: str, capabilities: Iterable[Capability]) -> frozenset[str]:
    """The names of those capabilities that the instruction will need. Depends on nothing else."""
    offers = [_offer(capability) for capability in capabilities]
    asked = read(instruction)
    delegated = bool(DELEGATED.search(asked.text))
    chosen = _asked_for(asked, [offer for offer in offers if not offer.reads])
    for offer in offers:
        effect = offer.capability.effect
        left_open = effect is Effect.FETCH or (delegated and effect is Effect.WRITE and not offer.dangerous)
        if left_open and offer.things & asked.things:
            chosen.add(offer.capability.name)
    acting = [offer for offer in offers if offer.capability.name in chosen]
    reads = [offer for offer in offers if offer.reads]
    # Where no read is of what it talks about, that was not understood. Reading changes nothing.
    direct = [offer for offer in reads if offer.things & asked.things]
    understood = any(offer.capability.output.private for offer in direct)
    kin = frozenset[str]().union(*(offer.heads for offer in [*direct, *acting]))
    needed = [
        offer
        for offer in reads
        if delegated or not understood or offer in direct or _read_for(offer, kin, acting)
    ]
    return frozenset(chosen | {offer.capability.name for offer in needed})


def _asked_for(asked: Read, offers: list[Offer]) -> set[str]:
    banned = {action for ask in asked.asks if ask.negated for action in VERBS[ask.verb][0]}
    chosen: dict[str, Offer] = {}
    for ask in asked.asks:
        if ask.negated or (ask.verb in PART_OF_MAKING and _made(ask, chosen.values())):
            continue
        for offer in _meant(ask, offers, banned - {ACTIONS.get(ask.verb, ask.verb)}, asked):
            chosen[offer.capability.name] = offer
    return set(chosen)


def _made(ask: Ask, chosen: Iterable[Offer]) -> bool:
    """Is this about what the instruction has made already, and names nothing else that it goes into?"""
    made = [offer for offer in chosen if offer.actions & MAKING and offer.capability.arguments]
    named = {name for thing in ask.into for name in thing}
    elsewhere = any(_known(thing) for thing in ask.into)
    return any(not named & offer.heads and (offer.capability.tells or not elsewhere) for offer in made)


def _meant(ask: Ask, offers: list[Offer], banned: set[str], asked: Read) -> list[Offer]:
    drafts = any("draft" in thing for thing in ask.things)
    found: list[Offer] = []
    for number, step in enumerate(VERBS[ask.verb]):
        actions = set(step) - banned - ({"send"} if drafts and "draft" in step else set())
        fitting = [offer for offer in offers if offer.actions & actions and _invites(ask, offer, actions)]
        found = [
            *found,
            *(offer for offer in _about(ask, fitting) or _alone(ask, fitting, actions) if offer not in found),
        ]
        if found and (number or not _open(ask, found)):
            break
    repeats = REPEATED.search(asked.text) and any("pay" in offer.actions for offer in found)
    return found + [
        offer for offer in offers if repeats and {"schedule", "money"} <= offer.actions | offer.heads
    ]


def _invites(ask: Ask, offer: Offer, actions: set[str]) -> bool:
    """To invite may be to create what people are invited to: then it has a place for guests."""
    return VERBS[ask.verb][0][0] != "invite" or "create" not in actions or bool(offer.capability.tells)


def _open(ask: Ask, found: list[Offer]) -> bool:
    """May an adding verb as well mean something new? It does not name what it is added to."""
    if VERBS[ask.verb][0][0] == "invite":
        return not ask.into
    named = {name for thing in ask.things for name in thing}
    return VERBS[ask.verb][0][0] == "append" and not any(named & offer.heads for offer in found)


def _about(ask: Ask, fitting: list[Offer]) -> list[Offer]:
    """Those about the nearest thing that any of them is about, and about where it goes."""
    things = ask.into if ask.verb in TELLING else ask.things
    found = next(filter(None, (_touching(thing, fitting) for thing in things)), [])
    found = found + [offer for thing in ask.into for offer in _touching(thing, fitting) if offer not in found]
    if found or ask.verb in TELLING or any(_known(thing) for thing in things if thing != ("person",)):
        return found
    return next(filter(None, (_touching(thing, fitting) for thing in ask.context)), [])


def _touching(thing: Thing, fitting: list[Offer]) -> list[Offer]:
    for name in thing:
        if heads := [offer for offer in fitting if name in offer.heads]:
            return heads
        if others := [offer for offer in fitting if name in offer.others]:
            return others
    return []


def _alone(ask: Ask, fitting: list[Offer], actions: set[str]) -> list[Offer]:
    """Nothing that was named fits: what the verb alone may mean, where it is particular enough."""
    elsewhere = any(_known(thing) for thing in ask.things if thing != ("person",))
    fitting = [offer for offer in fitting if not any(a.kind == "url" for a in offer.capability.arguments)]
    if actions & PARTICULAR or len(fitting) == 1:
        return [offer for offer in fitting if not (offer.dangerous and elsewhere)]
    return []


def _known(thing: Thing) -> bool:
    return any(name in THINGS for name in thing)


def _read_for(offer: Offer, kin: frozenset[str], acting: list[Offer]) -> bool:
    """Reads of the kind of what is talked about and acted on, of whom it reaches, and of what everybody may know."""
    declared = offer.capability
    given = {kind for _, kind in declared.output.gives}
    arguments = [argument for other in acting for argument in other.capability.arguments]
    touched = {argument.kind for argument in arguments if argument.kind}
    reaching = any(argument.role is Role.DEST for argument in arguments)
    known = declared.output.trusted and not declared.output.private
    return known or bool(
        given & touched or offer.heads & kin or (reaching and "contactaddress" in offer.things)
    )


def _offer(capability: Capability) -> Offer:
    room, _, last = capability.name.rpartition(".")
    actions, heads, others = _taken_apart(_spaced(last))
    if room:  # a name like room.verb: the verb is done to what is in the room
        heads, others = set(_nouns(_spaced(room))), others | heads
    if not actions:  # a name that says nothing
        actions, _, _ = _taken_apart(_spaced(capability.title))
    if not actions and not capability.foreign:  # descriptions from outside do not count
        actions = _taken_apart(_spaced(capability.description.partition(".")[0]))[0]
    others = others | (_nouns(_spaced(capability.title.partition(",")[0])) - NO_THINGS)
    others = (others | {name for argument in capability.arguments for name in _argument(argument)}) - heads
    if (
        "money" in heads
        and actions & {"send", "create"}
        and any(a.role is Role.DEST for a in capability.arguments)
    ):
        actions = actions - {"send", "create"} | {"pay"}
    return Offer(capability, frozenset(actions), frozenset(heads), frozenset(others))


def _argument(argument: Argument) -> set[str]:
    """What an argument says about its capability: which kind of thing it touches, that it moves money."""
    if argument.role is Role.OBJECT and argument.kind:
        return set(kinds(argument.kind))
    moves = argument.kind == "iban" or (argument.role is Role.VALUE and argument.name in {"amount", "price"})
    return {"money"} if moves else set()


def _spaced(text: str) -> str:
    return phrased(text.replace("_", " ").replace(".", " "))


def _taken_apart(text: str) -> tuple[set[str], set[str], set[str]]:
    """``add calendar event participants``: does add, to participants; calendar and event are by the way."""
    words = WORD.findall(text.lower())
    verb = next((word for word in words if word in ACTIONS or word in READING), "")
    rest = words[words.index(verb) + 1 :] if verb else words
    before = words[: words.index(verb)] if verb else []
    near = next((n for n, word in enumerate(rest) if word in LINKING), len(rest))
    direct = rest[:near] or before or [word for word in rest if word not in LINKING]
    heads = set(kinds(direct[-1])) if direct else set()
    others = _nouns(" ".join([*before, *rest])) - heads
    actions = {ACTIONS[verb]} if verb in ACTIONS else set()
    if verb in {"add", "insert"}:
        actions |= {"append"} | ({"invite"} if heads & {"participant", "person"} else set())
    return actions, heads, others


def _nouns(text: str) -> set[str]:
    words = [word for word in WORD.findall(text.lower()) if word not in LINKING and len(word) > 2]
    return {name for word in words for name in kinds(word)}
