"""Several beats, people and senders at the same moment: one firing for each time, one run for each event."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from agents.queue.models import Task
from agents.schedules import actions, firing, hooks
from agents.schedules.actions import Trigger
from agents.schedules.models import HOOK, Schedule
from tests import builders
from tests.agents.at_once import at_once, while_open
from tests.agents.scheduled import due, finish, made
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_several_beats_one_fires_and_the_next_waits_for_it(cast: Cast):
    agent = builders.agent(cast.mia, cast.support)
    schedule = made(agent, trigger=Trigger(line="0 * * * *"))
    first = due(schedule)
    assert at_once(*[lambda: firing.run_due(schedule.pk, first)] * 4) == [None] * 4
    assert schedule.runs.get().task == Task.objects.get()
    finish(Task.objects.get())
    # A person who runs it by hand at that moment waits for the beat, and is refused: it never runs twice at once.
    second = due(schedule)
    _, said = while_open(
        lambda: firing.run_due(schedule.pk, second), lambda: actions.run_now(cast.mia, schedule)
    )
    assert isinstance(said, ValidationError)
    assert Task.objects.count() == 2
    finish(schedule.runs.first().task)
    _, skipped = while_open(
        lambda: actions.switch_off(cast.mia, schedule), lambda: actions.skip_next(cast.mia, schedule)
    )
    assert isinstance(skipped, ValidationError)
    firing.run_due(schedule.pk, second + timedelta(hours=1))
    assert Task.objects.count() == 2
    hook = made(agent, trigger=Trigger(event=HOOK))
    key, body = actions.new_key(cast.mia, hook), b"deployed"
    signed = hooks.sign(key, timezone.now(), body)
    answers = at_once(*[lambda: hooks.deliver(hook.hook, signed, body, timezone.now()).status] * 4)
    assert sorted(answers) == [202, 409, 409, 409]
    at_once(*[lambda: firing.run_on_event(hook.pk, timezone.now())] * 3)
    assert Schedule.objects.get(pk=hook.pk).runs.count() == 1
