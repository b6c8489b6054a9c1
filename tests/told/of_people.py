"""Usage and who looks, budgets, results, accounts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from metering import budgets
from metering.budgets import actions as keeping
from metering.budgets import watching
from metering.budgets.models import BudgetCounter
from metering.budgets.permissions import of_agent, of_team
from metering.disputes.models import Objection
from metering.outcomes import actions as results
from metering.outcomes.models import WorkItem
from metering.permits import actions as permits
from metering.permits.models import Permit
from metering.rights import actions as rights
from metering.rollups.periods import four_weeks
from portal.accounts import actions as people
from portal.admin_requests import actions as requests
from portal.admin_requests.models import AdminRequest
from portal.audit import checking
from portal.audit.record import PORTAL
from portal.audit.seals import TrailCheck
from portal.people.models import Person
from portal.push import actions as push
from portal.reasons import because
from tests import builders
from tests.cast import Cast
from tests.metering.budgeted import CENT, budget, caller
from tests.metering.outcomes import by_hand
from tests.portal.push_service import Browser
from tests.told.row import WORDS, Row, second_admin

Patch = pytest.MonkeyPatch


def requested(cast: Cast, patch: Patch) -> Permit:
    """By Lea, about Mia. Of the two admins Ada is no stranger to Lea, but neither looks nor is looked at."""
    second_admin()
    ends_at = timezone.now() + timedelta(days=3)
    return permits.request(cast.lea, cast.mia, purpose=WORDS, ends_at=ends_at)


def granted(cast: Cast, patch: Patch) -> Permit:
    patch.setattr("metering.permits.exposure.hides", lambda viewer, person: True)
    permit = requested(cast, patch)
    return permits.grant(bo(), permit)


def bo() -> Person:
    return Person.objects.get(display_name="Bo Berg")


def declined(cast: Cast, patch: Patch) -> None:
    permit = requested(cast, patch)
    permits.deny(bo(), permit)


def looked(cast: Cast, patch: Patch) -> None:
    permit = granted(cast, patch)
    period = four_weeks(timezone.now().date() - timedelta(days=40))
    for _ in range(2):
        permits.open_report(cast.lea, permit, period=period, shown=True)


def objected(cast: Cast, patch: Patch) -> Objection:
    return rights.object_to(cast.mia, granted(cast, patch), why=WORDS)


def overruled(cast: Cast, patch: Patch) -> None:
    objection = objected(cast, patch)
    rights.overrule(bo(), objection, note=WORDS)


def spent(cast: Cast, patch: Patch, *, hard: bool = True) -> BudgetCounter:
    """Of Lea's team, and there is room for ten cents."""
    builders.agent(cast.mia, cast.support)
    made = budget(cast.lea, of_team(cast.support), 10 * CENT, hard=hard)
    mine = caller(cast)
    budgets.reserve(mine, micros=10 * CENT)
    budgets.settle(mine, micros=10 * CENT)
    if hard:
        with pytest.raises(budgets.Refused):
            budgets.reserve(caller(cast, call="next"), micros=CENT)
    watching.sweep()
    watching.sweep()
    return BudgetCounter.objects.get(budget=made)


def end_of_budget(cast: Cast, counter: BudgetCounter) -> None:
    keeping.end(cast.lea, counter.budget)


def more(cast: Cast, counter: BudgetCounter) -> None:
    until = timezone.now() + timedelta(days=1)
    keeping.raise_budget(cast.lea, counter.budget, micros=50 * CENT, until=until, why="More to do")


def of_an_agent(cast: Cast, patch: Patch, cents: int = 10) -> BudgetCounter:
    """Mia's, who sees what her agent uses. It stops nothing, or there is some room left."""
    agent = builders.agent(cast.mia, cast.support)
    made = budget(cast.mia, of_agent(agent.pk, str(agent)), 10 * CENT, hard=cents < 10)
    mine = caller(cast, agent=agent.pk)
    budgets.reserve(mine, micros=cents * CENT)
    budgets.settle(mine, micros=cents * CENT)
    watching.sweep()
    watching.sweep()
    return BudgetCounter.objects.get(budget=made)


def end_of_mias(cast: Cast, counter: BudgetCounter) -> None:
    keeping.end(cast.mia, counter.budget)


def asked(cast: Cast, patch: Patch) -> WorkItem:
    item = by_hand(cast.mia, cast.support, WORDS)
    return results.ask(cast.mia, item, colleague=cast.olga)


def account(cast: Cast, patch: Patch) -> AdminRequest:
    second_admin()
    return requests.ask(cast.ada, cast.mia, kind=AdminRequest.Kind.LINK)


def link(cast: Cast, patch: Patch) -> AdminRequest:
    row = account(cast, patch)
    return requests.confirm(bo(), row)


def entered(cast: Cast, patch: Patch) -> AdminRequest:
    row = link(cast, patch)
    requests.enter(Person.objects.get(pk=cast.mia.pk), password="quite another phrase")
    return row


def invited(cast: Cast, patch: Patch) -> Person:
    return people.invite(cast.ada, email="cy@example.com", display_name="Cy Doe", by_mail=True)


def disowned(cast: Cast, patch: Patch) -> None:
    requests.acknowledge(me(cast.mia), link(cast, patch), mine=False)


def gone(cast: Cast, patch: Patch) -> None:
    browser = Browser()
    patch.setattr("portal.push.services.may_name", lambda endpoint: True)
    given = {"endpoint": "https://push.example/1", "p256dh": browser.p256dh, "auth": browser.auth}
    push.end(PORTAL, push.allow(cast.mia, browser="Firefox on Linux", **given))


def changed(cast: Cast, patch: Patch) -> TrailCheck:
    with patch.context() as broken:
        broken.setattr("portal.audit.chain.fault", lambda: because("marks.unread", why="broken"))
        checking.check()
        return checking.check()


def slowed(cast: Cast, patch: Patch) -> None:
    for _ in range(2):
        people.slow_sign_in(PORTAL, cast.mia, failures=10)


def me(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


ROWS = [
    Row("permit.waits", "Ada Bo", requested, lambda cast, row: permits.deny(bo(), row)),
    Row("permit.given", "Mia", granted, lambda cast, row: permits.revoke(bo(), row)),
    Row("permit.decided", "Lea", declined),
    Row("usage.seen", "Mia", looked),
    Row("dispute.waits", "Ada Bo", objected, lambda cast, row: rights.withdraw_objection(cast.mia, row)),
    Row("dispute.decided", "Mia", overruled),
    Row("budget.near", "Mia", lambda cast, patch: of_an_agent(cast, patch, 9), end_of_mias),
    Row("budget.spent", "Lea", spent, more),
    Row("budget.passed", "Lea", lambda cast, patch: spent(cast, patch, hard=False), end_of_budget),
    Row(
        "budget.passed",
        "Mia",
        of_an_agent,
        end_of_mias,
        case="of an agent",
    ),
    Row("item.waits", "Olga", asked, lambda cast, row: results.confirm(cast.olga, row)),
    Row("item.waits", "Olga", asked, lambda cast, row: results.decline(cast.olga, row), case="declined"),
    Row("account.waits", "Bo", account, lambda cast, row: requests.refuse(bo(), row)),
    Row("account.decided", "Ada", link),
    Row("account.link", "Mia", link, lambda cast, row: requests.acknowledge(me(cast.mia), row, mine=True)),
    Row("account.voucher", "Lea", entered, lambda cast, row: requests.open_again(cast.lea, me(cast.mia))),
    Row("account.invited", "Cy", invited, lambda cast, cy: people.join(cy, password="quite another phrase")),
    Row(
        "account.lost",
        "Mia",
        link,
        lambda cast, row: requests.enter(me(cast.mia), password="another phrase, long"),
    ),
    Row("account.disowned", "Aud", disowned),
    Row("device.gone", "Mia", gone),
    Row("trail.changed", "Ada Aud", changed, lambda cast, row: checking.check()),
    Row("sign_in.slowed", "Mia", slowed),
]
