"""What every test stands on: one real PostgreSQL for the session, in a folder that is deleted afterwards.

A pytest plugin that the ``conftest.py`` of the top level loads: a connector's tests lie in its own folder.

``DATABASE_URL`` and ``PORTAL_HOME`` are set here, before the settings are read; the server itself starts with
the first test that needs it. A ``DATABASE_URL`` that is set already is used as it is.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from portal import embedded

if TYPE_CHECKING:
    from portal.people.models import Person
    from tests.cast import Cast

HOME = Path(tempfile.mkdtemp(prefix="portal-tests-"))
SERVER = embedded.Server(HOME, temporary=True)
# Of several processes (-n) each has its own: what the first one set for itself is not for the others.
OWN = os.environ.get("DATABASE_URL", "") == os.environ.get("PORTAL_TESTS_OWN_URL", "")

os.environ["PORTAL_HOME"] = str(HOME)
if OWN:
    os.environ |= SERVER.variables
    os.environ["PORTAL_TESTS_OWN_URL"] = os.environ["DATABASE_URL"]
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"


def pytest_configure() -> None:
    from django.conf import settings

    # Reads the settings, so that pytest-django finds them and sets Django up. A slow password hash makes sign-in safe
    # and would make six people in every test take seconds.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Before other processes begin: with this name they would read the settings ahead of this file."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """``--dist loadfile``, but processes share the tests of a long file."""
    if config.getoption("dist") != "loadfile":
        return None
    from tests.scheduling import Scheduling

    return Scheduling(config, log)


def pytest_runtest_setup() -> None:
    """No test begins so late that what it calls today is yesterday before it ends (UTC, which the portal counts in)."""
    left = 86_400 - time.time() % 86_400
    if left < 20:
        time.sleep(left)


def pytest_unconfigure() -> None:
    SERVER.stop()
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def database_server() -> Iterator[None]:
    if OWN:
        SERVER.start()
    yield
    if OWN:
        SERVER.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(database_server: None) -> None:
    """pytest-django's place for what must be there before the test database is made, which its owner does."""
    if OWN:
        from tests import roles

        roles.before_the_database(SERVER)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The tests' own database; from here on the portal's plain role works on it, as everywhere else."""
    from django.test import TransactionTestCase

    from portal import broker
    from tests import cast, copies, roles
    from tests.agents import queues

    with django_db_blocker.unblock():
        if OWN:
            roles.plain_from_here()
        # For good: made first in a test that is rolled back, the queue's tables would go with it, and the process would
        # believe them there. Each send without them leaks connections, until the server has none left.
        broker.ensure()
        # Django would empty all tables, which takes each of them a file anew, and fill in permissions and roles.
        emptied = copies.Emptied()

        def empty_again(case: TransactionTestCase) -> None:
            emptied.again()
            queues.forget()  # its messages are in no table of Django's

        TransactionTestCase._fixture_teardown = empty_again
        copies.spread_numbers()
        cast.copies()  # before any test could have changed what it is made by
    with queues.on_the_tests_database():
        yield
    from agents.runtime import listening

    listening.close()  # its connection would keep the database from being dropped
    if OWN:
        roles.back_to_the_owner()


@pytest.fixture
def browser() -> Iterator[Any]:
    from tests.browser import browsing

    with browsing() as found:
        yield found


@pytest.fixture
def cast(db: None) -> "Cast":
    """The whole cast, made anew. (Imported here: models can be imported only when Django is set up.)"""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def ada(cast: "Cast") -> "Person":
    return cast.ada


@pytest.fixture
def lea(cast: "Cast") -> "Person":
    return cast.lea


@pytest.fixture
def mia(cast: "Cast") -> "Person":
    return cast.mia


@pytest.fixture
def finn(cast: "Cast") -> "Person":
    return cast.finn


@pytest.fixture
def aud(cast: "Cast") -> "Person":
    return cast.aud


@pytest.fixture
def olga(cast: "Cast") -> "Person":
    return cast.olga


@pytest.fixture(autouse=True)
def own_marks(settings: Any, tmp_path: Path) -> None:
    """Each test's trail has a file of marks of its own: the tests' database forgets its seals, and a file does not."""
    settings.TRAIL_MARKS = tmp_path / "trail-marks.jsonl"
