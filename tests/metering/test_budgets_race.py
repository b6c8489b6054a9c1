"""Real processes at one moment: no limit is passed, nothing deadlocks, and the counters add up to the last micro."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from metering import budgets
from metering.budgets import actions, watching
from metering.budgets.models import BudgetCounter, BudgetReservation
from metering.budgets.permissions import of_team
from tests.agents.at_once import at_once, python, waiting_for_us
from tests.metering.budgeted import CENT, budget, caller, every, of_seven, sums
from tests.portal.machine import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

# Each process is several callers, in threads with connections of their own; all of them begin at one moment.
CALLERS = '''
import json, sys, threading, time
from django.db import OperationalError, connection
from metering import budgets

order = json.loads(sys.stdin.readline())
said, lock = [], threading.Lock()

def connected():
    """The server takes a hundred connections, the test has one of them: whoever finds no room waits for it."""
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError:
            time.sleep(0.01)

def one(number):
    connected()
    for turn in range(order["turns"]):
        call = f"{order['name']}:{number}:{turn}"
        own = budgets.Caller(call, "5", order["agents"][number % len(order["agents"])], "A", order["team"], "4100")
        try:
            budgets.reserve(own, micros=order["micros"])
            end = "reserved"
            if order["pays"] is not None:
                budgets.settle(own, micros=order["pays"])
                end = "paid"
        except budgets.Refused:
            end = "refused"
        except Exception as error:
            end = f"{type(error).__name__}: {error}"
        with lock:
            said.append(end)
    connection.close()

threads = [threading.Thread(target=one, args=(number,)) for number in range(order["callers"])]
print("ready", flush=True)
time.sleep(max(0, float(sys.stdin.readline()) - time.time()))
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps(said), flush=True)
'''


def race(processes: int, **order: object) -> list[str]:
    """What every call of every caller came to."""
    every_one = [python(CALLERS) for _ in range(processes)]
    for number, process in enumerate(every_one):
        process.stdin.write(json.dumps({"name": f"p{number}", "turns": 1, "pays": None, **order}) + "\n")
        process.stdin.flush()
    assert [process.stdout.readline() for process in every_one] == ["ready\n"] * processes
    start = time.time() + 0.2
    for process in every_one:
        process.stdin.write(f"{start}\n")
        process.stdin.flush()
    said = [one for process in every_one for one in json.loads(process.communicate(timeout=60)[0])]
    assert {process.returncode for process in every_one} == {0}
    return said


def test_a_hundred_callers_cannot_pass_a_limit(cast):
    """Ten processes of ten callers, who find no counter yet; there is room for 37 of them."""
    all_five = every(cast, 37 * CENT)
    said = race(10, callers=10, agents=[7], team=cast.support.pk, micros=CENT)
    assert (said.count("reserved"), said.count("refused"), len(said)) == (37, 63, 100)
    assert [sums(one) for one in all_five] == [(0, 37 * CENT)] * 5
    assert BudgetReservation.objects.count() == 37
    assert BudgetCounter.objects.count() == 5


def test_callers_of_different_budgets_take_all_or_nothing_and_add_up(cast):
    """Two agents of one team under a budget each, the team's is the scarce one; every call that got in is paid."""
    all_five = every(cast, 1_000 * CENT)
    team = all_five[2]
    type(team).objects.filter(pk=team.pk).update(limit_micros=60 * CENT)
    said = race(4, callers=15, turns=5, agents=[7, 8], team=cast.support.pk, micros=CENT, pays=CENT)
    assert set(said) == {"paid", "refused"}
    paid = said.count("paid")
    assert paid == 60
    wide = [one for one in all_five if one.scope != "agent"]
    assert [sums(one) for one in wide] == [(60 * CENT, 0)] * 4
    assert sums(all_five[4])[0] <= 60 * CENT
    assert not BudgetReservation.objects.exists()


def test_a_worker_that_is_killed_between_the_two_leaves_what_the_sweep_gives_back(cast):
    one = of_seven(cast, 10 * CENT)
    also = budget(cast.lea, of_team(cast.support), 10 * CENT)
    code = (
        "import os, signal\nfrom metering import budgets\n"
        f"budgets.reserve(budgets.Caller('dead', '5', 7, 'A', {cast.support.pk}, '4100'), micros={8 * CENT})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    process = python(code)
    process.communicate(timeout=30)
    assert process.returncode == -9
    assert (sums(one), sums(also)) == ((0, 8 * CENT), (0, 8 * CENT))
    with pytest.raises(budgets.Refused):
        budgets.reserve(caller(cast), micros=3 * CENT)
    watching.sweep(timezone.now() + timedelta(hours=1))
    assert (sums(one), sums(also)) == ((0, 0), (0, 0))
    budgets.reserve(caller(cast), micros=3 * CENT)


def test_a_reservation_waits_for_no_disk_and_nothing_else_stops_waiting(cast):
    def waits() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return cursor.fetchone()[0]

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")  # a temporary server's default is off
    of_seven(cast)
    budgets.reserve(caller(cast), micros=CENT)
    assert waits() == "on"
    with transaction.atomic():
        budgets.reserve(caller(cast, call="inside of something that must not be lost"), micros=CENT)
        assert waits() == "on"


def test_a_raise_that_ends_while_a_call_waits_lets_it_in_no_more(cast):
    one = budget(cast.lea, of_team(cast.support), 10 * CENT)
    until = timezone.now() + timedelta(days=1)
    raised = actions.raise_budget(cast.lea, one, micros=10 * CENT, until=until, why="quarter's end")
    budgets.reserve(caller(cast, call="first"), micros=9 * CENT)

    begun = threading.Event()

    def ends() -> None:
        """While a call under way has the counter, and another waits for it."""
        with transaction.atomic():
            BudgetCounter.objects.select_for_update().get()
            begun.set()
            wait_until(waiting_for_us)
            actions.end_raise(cast.lea, raised)

    def waits() -> str:
        begun.wait(10)
        try:
            budgets.reserve(caller(cast, call="second"), micros=9 * CENT)
        except budgets.Refused as refused:
            (full,) = refused.full
            return f"refused by {full.limit}"
        return "reserved"

    assert at_once(ends, waits) == [None, f"refused by {10 * CENT}"]
    assert sums(one) == (0, 9 * CENT)
    assert BudgetReservation.objects.count() == 1
