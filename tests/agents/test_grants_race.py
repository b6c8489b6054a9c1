"""Two people decide at once, or one decides what is gone: one wins, the other is told, nothing is half done."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection as database

from agents.grants import actions
from agents.grants.models import Grant, GrantRequest
from agents.lifecycle.grants import revoke_grant
from portal.audit.models import Entry
from tests.agents.test_grants import asked, grant_all, soon, states
from tests.cast import Cast

S = Grant.State


def test_the_second_to_decide_is_told(cast: Cast) -> None:
    request = asked(cast)
    grant_all(cast, request)
    before = Entry.objects.count()
    with pytest.raises(ValidationError, match="Your decision was not saved"):
        actions.decide(cast.ada, request, granted={}, ends_at=soon())
    assert Entry.objects.count() == before
    assert set(states(request).values()) == {S.ACTIVE}
    with pytest.raises(ValidationError, match="decided already"):
        actions.withdraw(cast.mia, request)


def test_a_part_that_is_gone_stops_the_whole_decision(cast: Cast) -> None:
    request = asked(cast)
    move = request.grants.get(capability="mail.move")
    revoke_grant(cast.ada, move)
    with pytest.raises(ValidationError, match="in the meantime"):
        grant_all(cast, request)
    assert states(request) == {"mail.move": S.REVOKED, "mail.read": S.REQUESTED}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_wins(cast: Cast) -> None:
    request = asked(cast)
    start, told = threading.Barrier(2), []

    def decide(all_of_it: bool) -> None:
        try:
            start.wait(10)
            if all_of_it:
                grant_all(cast, GrantRequest.objects.get(pk=request.pk))
            else:
                actions.decide(cast.ada, GrantRequest.objects.get(pk=request.pk), granted={}, ends_at=soon())
        except ValidationError as error:
            told.append(error)
        finally:
            database.close()

    both = [threading.Thread(target=decide, args=(one,)) for one in (True, False)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert len(told) == 1
    assert len(set(states(request).values())) == 1
    assert Entry.objects.filter(event="grants.decided").count() == 1
