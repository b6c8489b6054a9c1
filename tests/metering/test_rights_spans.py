"""What a correction is about: the calls that stood there when it was asked, none that came later, each once."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from metering.disputes.models import CorrectionRequest
from metering.publications.models import Publication
from metering.rights import actions, spans
from metering.usage import actions as ledger
from metering.usage.models import UsageEvent
from portal.audit.models import Entry
from portal.people.nobody import no_one
from tests.cast import as_
from tests.metering.builders import last_weeks, today, used
from tests.metering.published import ENOUGH, group, publish
from tests.metering.test_rights_corrections import ask, money, of


def test_days_that_have_not_begun_are_refused_on_their_field(cast):
    used(cast.mia, cast.support)
    with pytest.raises(ValidationError) as refused:
        ask(cast.mia, last_day=today() + timedelta(days=1))
    assert list(refused.value.message_dict) == ["last_day"]
    sent = {"first_day": today(), "last_day": today() + timedelta(days=300), "why": "Not me"}
    answer = as_(cast.mia).post(reverse("rights:new_correction"), sent)
    assert answer.status_code == 422
    assert "has not begun yet" in answer.text
    assert not CorrectionRequest.objects.exists()
    assert ask(cast.mia).last_day == today()


@pytest.mark.parametrize("on", [0, 1])
def test_calls_that_came_after_asking_stay(cast, on):
    """Whenever they say that they were made: nobody is rid of usage before there is any."""
    day = today() - timedelta(days=on)
    used(cast.mia, cast.support, on=day)
    asked = ask(cast.mia, first_day=day)
    for _ in range(3):
        used(cast.mia, cast.support, on=day)
    assert actions.accept_correction(cast.ada, asked).moved == 1
    assert (of(cast.mia), of(no_one())) == ((3, 3), (1, 1))


def test_what_was_corrected_after_asking_goes_along_as_it_stands(cast):
    made = used(cast.mia, cast.support)
    asked = ask(cast.mia)
    ledger.correct(cast.finn, UsageEvent.objects.get(key=made.key), note="a discount", cost_micros=900)
    used(cast.mia, cast.support)
    assert actions.accept_correction(cast.ada, asked).moved == 1
    left = UsageEvent.objects.filter(person=no_one()).values_list("cost_micros", flat=True)
    assert list(left) == [900]
    assert of(cast.mia) == (1, 1)


def test_a_call_that_became_theirs_after_asking_stays(cast):
    """It was made before, for somebody else: it was not meant."""
    other = used(cast.lea, cast.support)
    used(cast.mia, cast.support)
    asked = ask(cast.mia)
    ledger.correct(cast.ada, UsageEvent.objects.get(key=other.key), note="Mia's", person=cast.mia)
    assert actions.accept_correction(cast.ada, asked).moved == 1
    assert of(cast.mia) == (1, 1)


def test_where_only_later_calls_are_left_nothing_is(cast):
    made = used(cast.mia, cast.support)
    asked = ask(cast.mia)
    ledger.correct(cast.finn, UsageEvent.objects.get(key=made.key), note="never was", happened=False)
    used(cast.mia, cast.support)
    assert not spans.counts(asked)


def test_a_second_yes_for_the_same_calls_is_refused_and_says_why(cast):
    """It would say that calls are nobody's now of which there are none, and stay on record as true."""
    used(cast.mia, cast.support)
    first, second = ask(cast.mia), ask(cast.mia)
    actions.accept_correction(cast.ada, first)
    url = reverse("rights:decide_correction", args=[second.pk])
    answer = as_(cast.ada).post(url, {"answer": "yes"})
    assert answer.status_code == 422
    assert "These calls are no longer in their usage" in answer.text
    second.refresh_from_db()
    assert (second.state, second.decided_by, second.moved) == ("requested", None, None)
    assert not Entry.objects.about(second).filter(event="correction.accepted").exists()
    assert as_(cast.ada).post(url, {"answer": "no", "note": "It is yours no more"}).status_code == 302


def test_what_the_pages_say_about_the_cost_is_so(cast):
    """The ledger keeps it with the team, a group's figure leaves it out; nobody is told that it stays in one."""
    crew = group(cast.support, ENOUGH + 1)
    used(crew[0], cast.support, on=last_weeks().first, model="openai:gpt-4o-mini")
    says = "does not count in group figures"
    before, mine = money(), as_(crew[0])
    assert says in mine.get(reverse("rights:mine")).text
    assert says in mine.get(reverse("usage:mine")).text
    assert "does not count in future group figures" in mine.get(reverse("rights:new_correction")).text
    asked = ask(crew[0], first_day=last_weeks().first, provider="openai", model="gpt-4o-mini")
    assert says in as_(cast.ada).get(asked.get_absolute_url()).text
    url = reverse("rights:decide_correction", args=[asked.pk])
    assert says in as_(cast.ada).post(url, {"answer": "yes"}, follow=True).text
    assert money() == before
    publish()
    figure = Publication.objects.get(kind=Publication.Kind.TEAM, ref=str(cast.support.pk))
    assert figure.cost_micros == 2_500 * len(crew)
