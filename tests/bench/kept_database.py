"""A pytest plugin: all sessions share one database, in which the cast and the scene of the gate's tests stand already.

For ``mutants.py``, loaded after ``tests.fixtures``. The server and the migrated database are named by ``DATABASE_URL``.
Tests roll back what they write, so each finds the scene as the first one did. Each session opens its own connection and
closes it: a process that is forked later inherits none.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.agents.gated import Scene
    from tests.cast import Cast


def pytest_configure() -> None:
    """Before the modules of tests take the name ``scene`` from there."""
    from tests.agents import gated

    gated.scene, gated.made = _found, getattr(gated, "made", gated.scene)  # type: ignore[attr-defined]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that really commits would change what the next one finds."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark and mark.kwargs.get("transaction"):
            raise pytest.UsageError(f"{item.nodeid} commits: leave it out.")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    from agents.runtime import listening
    from portal import broker
    from portal.people.models import Person
    from tests import roles
    from tests.agents import gated
    from tests.agents.queues import on_the_tests_database
    from tests.cast import make_cast

    with django_db_blocker.unblock():
        roles.plain_from_here()
        with on_the_tests_database():
            if not Person.objects.exists():
                broker.ensure()
                gated.made(make_cast())  # type: ignore[attr-defined]
            yield
        listening.close()
        roles.back_to_the_owner()


@pytest.fixture
def cast(db: None) -> "Cast":
    from portal.people.models import Person
    from portal.teams.models import Team
    from tests.cast import Cast

    people = {person.email.partition(".")[0]: person for person in Person.objects.all()}
    teams = {team.name.lower(): team for team in Team.objects.all()}
    return Cast(**people, **teams)


def _found(cast: "Cast") -> "Scene":
    """As it was made, with a fresh mailbox and lease. What a worker remembers of a task is another test's."""
    from agents.connections.models import Connection
    from agents.gate import provenance_cache
    from agents.queue.claims import lease
    from agents.queue.models import Task
    from tests import builders
    from tests.agents.gated import Scene

    provenance_cache._memories.clear()
    builders.maildir("support", {"Hello": "How are you?"})
    Task.objects.update(**lease())
    task = Task.objects.select_related("agent", "person").get()
    places = {place.kind: place for place in Connection.objects.all()}
    return Scene(cast, task.agent, places["mail"], places["chat"], task, task.steps.get())
