"""Who sees which usage: every question × every kind of viewer."""

import pytest

from metering.privacy import visibility
from metering.privacy.visibility import Kind, Viewer

SUPPORT, SALES = 1, 2
ONE, BOTH = frozenset({SUPPORT}), frozenset({SUPPORT, SALES})

VIEWERS = {
    "member": Viewer(1),
    "admin": Viewer(2, roles=frozenset({"admin"})),
    "finance": Viewer(3, roles=frozenset({"finance"})),
    "auditor": Viewer(4, roles=frozenset({"auditor"})),
    "manager without a permit": Viewer(5, line=BOTH),
    "manager with a permit": Viewer(6, line=BOTH, permitted=ONE),
    "former manager": Viewer(7, line=frozenset({SALES}), permitted=ONE),
    "manager with a permit for one person": Viewer(
        9, line=ONE, line_people=frozenset({21}), permitted_people=frozenset({21})
    ),
    "manager of that person without a permit": Viewer(12, line=ONE, line_people=frozenset({21})),
    "former manager of that person": Viewer(13, line=ONE, permitted_people=frozenset({21})),
    "lead of their own team": Viewer(10, teams=ONE, line=ONE),
    "in the team": Viewer(11, teams=ONE),
    "finance who left": Viewer(
        8,
        active=False,
        roles=frozenset({"finance", "auditor"}),
        teams=BOTH,
        line=BOTH,
        permitted=BOTH,
        line_people=frozenset({21}),
        permitted_people=frozenset({21}),
    ),
}


@pytest.mark.parametrize("name", VIEWERS)
def test_everyone_sees_their_own_and_only_their_own(name):
    scope = visibility.own(VIEWERS[name])
    assert (scope.kind, scope.viewer) == (Kind.OWN, VIEWERS[name].person)
    assert scope.tokens
    assert not scope.grouped


@pytest.mark.parametrize("name", VIEWERS)
def test_a_team_is_seen_with_a_permit_by_who_is_in_its_line(name):
    scope = visibility.team(VIEWERS[name], SUPPORT)
    assert (scope is not None) == (name in ("manager with a permit", "in the team"))
    assert visibility.team(VIEWERS[name], SALES) is None
    if scope:
        assert (scope.team, scope.tokens, scope.grouped) == (SUPPORT, False, True)


@pytest.mark.parametrize("name", VIEWERS)
def test_one_person_is_seen_with_a_permit_for_that_person(name):
    viewer = VIEWERS[name]
    scope = visibility.person(viewer, 21)
    assert (scope is not None) == (name == "manager with a permit for one person")
    assert visibility.person(viewer, 22) is None
    assert visibility.person(viewer, viewer.person) is None
    if scope:
        assert (scope.person, scope.tokens, scope.grouped) == (21, False, False)


@pytest.mark.parametrize("name", VIEWERS)
def test_the_organisation_is_seen_by_finance(name):
    scope = visibility.organisation(VIEWERS[name])
    assert (scope is not None) == (name == "finance")
    if scope:
        assert (scope.tokens, scope.grouped) == (False, True)


@pytest.mark.parametrize("name", VIEWERS)
def test_cost_centres_are_seen_by_finance(name):
    scope = visibility.cost_centres(VIEWERS[name])
    assert (scope is not None) == (name == "finance")
    if scope:
        assert (scope.tokens, scope.grouped, scope.team) == (False, True, None)


@pytest.mark.parametrize("name", VIEWERS)
def test_looks_are_seen_by_the_auditor(name):
    assert (visibility.looks(VIEWERS[name]) is not None) == (name == "auditor")


@pytest.mark.parametrize("name", VIEWERS)
def test_an_agents_totals_are_seen_by_its_owner(name):
    viewer = VIEWERS[name]
    scope = visibility.agent(viewer, 17, owner=viewer.person)
    assert (scope is not None) == viewer.active
    assert visibility.agent(viewer, 17, owner=99) is None
    if scope:
        assert (scope.agent, scope.team, scope.tokens, scope.grouped) == (17, None, True, True)


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (visibility.own, Kind.OWN),
        (lambda viewer: visibility.person(viewer, 21), Kind.PERSON),
        (lambda viewer: visibility.agent(viewer, 17, owner=viewer.person), Kind.AGENT),
        (lambda viewer: visibility.team(viewer, SUPPORT), Kind.TEAM),
        (visibility.cost_centres, Kind.COST_CENTRES),
        (visibility.organisation, Kind.ORGANISATION),
        (visibility.looks, Kind.LOOKS),
    ],
    ids=lambda part: part.name if isinstance(part, Kind) else "",
)
def test_a_scope_is_of_what_was_asked_for_and_for_who_asked(ask, kind):
    scopes = [(viewer, ask(viewer)) for viewer in VIEWERS.values()]
    found = [(scope.kind, scope.viewer == viewer.person) for viewer, scope in scopes if scope]
    assert set(found) == {(kind, True)}
