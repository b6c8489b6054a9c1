"""Hands in processes of their own, which do what they are told at one moment of the clock."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

from django.db import connection

from tests.agents.at_once import python, waiting_for_us

GATE = 0x47415445  # an advisory lock that no part of the portal takes

# One order a line, one answer a line. What it says no to, it says in words.
HAND = """
import json, sys, time
from django.core.exceptions import ValidationError
from django.db import connection
from agents import gate
from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.lifecycle.grants import revoke_grant
from agents.connectors.chat.connector import PortalChat
from agents.grants.models import Grant
from agents.queue.models import Call
from agents.lifecycle.stops import set_stop
from agents.stops.models import Stop
from portal.people.models import Person

def answer(who, ask, yes):
    approvals.answer(Person.objects.get(pk=who), Approval.objects.get(pk=ask), yes=yes)
    return "answered"

def revoke(who, grant):
    revoke_grant(Person.objects.get(pk=who), Grant.objects.get(pk=grant))
    return "revoked"

def go_on(call):
    row = Call.objects.select_related("task__agent__owner", "task__person", "step").get(pk=call)
    return gate.call(
        row.task, row.step, row.position, tool_call_id=row.tool_call_id, tool_name=row.tool_name,
        capability=row.capability, connection=row.connection_id, arguments=row.arguments,
    ).state

def answer_and_go_on(who, ask, call):
    answer(who, ask, True)
    return go_on(call)

def answer_and_stay(who, ask, call, gate):
    "The connector is at it until the test lets it go on, then the effect is there."
    perform = PortalChat.perform
    def stays(self, place, context):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s), pg_advisory_unlock(%s)", [gate, gate])
        return perform(self, place, context)
    PortalChat.perform = stays
    try:
        return answer_and_go_on(who, ask, call)
    finally:
        PortalChat.perform = perform

def stop(who, capability):
    set_stop(Person.objects.get(pk=who), scope=Stop.Scope.CAPABILITY, capability=capability, why="A race")
    return "stopped"

def free(mark):
    return mark

for line in sys.stdin:
    at, name, *given = json.loads(line)
    connection.ensure_connection()
    time.sleep(max(0.0, at - time.time()))
    try:
        said = globals()[name](*given)
    except ValidationError as error:
        said = "no: " + error.messages[0]
    connection.close()
    print(said, flush=True)
"""
# Each takes two seconds to load the portal, so the next test takes the hands of the one before.
idle: list[subprocess.Popen[str]] = []


@contextmanager
def hands(number: int) -> Iterator[list[subprocess.Popen[str]]]:
    every = [idle.pop() if idle else python(HAND) for _ in range(number)]
    try:
        assert at(0, *((one, "free", "begins") for one in every)) == ["begins"] * number
        yield every
        assert at(0, *((one, "free", "ends") for one in every)) == ["ends"] * number
    except BaseException:
        for one in every:
            one.kill()
            one.communicate(timeout=20)
        raise
    idle.extend(every)


Order = tuple[subprocess.Popen[str], str, *tuple[Any, ...]]


def tell(moment: float, *orders: Order, late: Sequence[float] = ()) -> None:
    """Each hand does its order at this moment of the clock, or so many seconds late."""
    for (hand, *order), seconds in zip_longest(orders, late, fillvalue=0.0):
        hand.stdin.write(json.dumps([moment + seconds, *order]) + "\n")
        hand.stdin.flush()


def at(moment: float, *orders: Order, late: Sequence[float] = ()) -> list[str]:
    """The same, and what the hands said when they had done it."""
    tell(moment, *orders, late=late)
    return [hand.stdout.readline().strip() for hand, *_ in orders]


@contextmanager
def staying(hand: subprocess.Popen[str], *order: Any) -> Iterator[None]:
    """Within, the hand stands in the middle of the call that it does as ``answer_and_stay``; then it goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [GATE])
        try:
            tell(soon(), (hand, "answer_and_stay", *order, GATE))
            end = time.monotonic() + 30
            while not waiting_for_us():
                assert time.monotonic() < end, "it did not begin"
                time.sleep(0.02)
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [GATE])


def soon(seconds: float = 0.05) -> float:
    return time.time() + seconds
