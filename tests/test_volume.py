"""U6: no page, list, filter or export gives anybody another person's volume.

Two worlds that differ only in what one person had agents do look the same to everybody else. Every address of the
portal is opened by everybody in both; what may differ stands in ``volumes.EXEMPT`` with its reason.
"""

import difflib
from datetime import timedelta
from unittest import mock

import pytest
from django.utils import timezone

from agents.lifecycle.agents import share_agent
from agents.openings import actions as openings
from agents.permissions import Level
from agents.queue import actions as tasks
from tests import builders
from tests.cast import NAMES, Cast, as_
from tests.volumes import EXEMPT, addresses, posted, read, work
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(cast: Cast) -> World:
    """Mia owns the agent, Lea manages it, Olga has it work as well, in Mia's own mailbox too: each did before."""
    made = make_world(cast)
    share_agent(cast.mia, made.agent, reader=cast.lea, level=Level.MANAGER)
    share_agent(cast.mia, made.agent, reader=cast.olga, level=Level.OPERATOR)
    builders.grant(made.agent, made.own_box, "mail.list", by=cast.mia)
    openings.give(cast.mia, made.own_box, reader=cast.olga, ends_at=timezone.now() + timedelta(days=3))
    for person in (cast.mia, cast.lea, cast.olga):
        work(person, made, f"first-{person.pk}")
    return made


def test_what_one_person_used_changes_no_page_of_anybody_else(cast: Cast, world: World):
    """First Mia works, then Olga: what others read after the one is what they read before the other."""
    now = timezone.now()
    every = list(addresses(world, cast.mia))
    every += [where for where in addresses(world, cast.olga) if where not in every]
    with mock.patch("django.utils.timezone.now", return_value=now):
        for person in (cast.mia, cast.olga):
            work(person, world, f"now-{person.pk}")  # when somebody last used what one opened to them is told
        before = {name: read(getattr(cast, name), every) for name in NAMES}
        for busy in ("mia", "olga"):
            for more in range(4):
                work(getattr(cast, busy), world, f"{busy}-{more}")
            after = {name: read(getattr(cast, name), every) for name in NAMES}
            differing = [
                f"{name} {where}\n" + "\n".join(_changes(before[name][where], text))
                for name in set(NAMES) - {busy}
                for where, text in after[name].items()
                if text != before[name][where] and (where.split()[0], name) not in EXEMPT
            ]
            assert differing == [], "\n\n".join(differing)
            changed = [where for where, text in after[busy].items() if text != before[busy][where]]
            assert {"queue:list", "usage:mine", "home"} <= {where.split()[0] for where in changed}, busy
            before = after


def test_no_button_tells_it_either(cast: Cast, world: World):
    """A refusal, a confirmation and the page after it say the same, however much somebody else had done."""
    readers, now = ("ada", "lea", "mia"), timezone.now()
    with mock.patch("django.utils.timezone.now", return_value=now):
        work(cast.olga, world, "at this moment", opened=True)
        before = {name: posted(getattr(cast, name), world) for name in readers}
        work(cast.olga, world, "more", opened=True)
        differing = [
            f"{name} {where}\n" + "\n".join(_changes(before[name][where], text))
            for name in readers
            for where, text in posted(getattr(cast, name), world).items()
            if text != before[name][where]
        ]
    assert len(before["ada"]) > 40
    assert differing == [], "\n\n".join(differing)


def _changes(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line[:300] for line in list(lines)[2:12]]


def test_every_exemption_is_an_address(world: World, cast: Cast):
    assert {where for where, _ in EXEMPT} <= {name for name, _ in addresses(world, cast.mia)}
    assert {who for _, who in EXEMPT} <= set(NAMES)


def test_managers_see_one_task_only_while_its_person_shares_it(cast: Cast, world: World):
    lea, task = as_(cast.lea), world.task
    assert lea.get(task.get_absolute_url()).status_code == 404
    share = tasks.share(cast.mia, task, reader=None)
    shown = lea.get(task.get_absolute_url()).content.decode()
    assert "Post hello to Lea" not in shown, "the instruction stays its person's"
    assert as_(cast.olga).get(task.get_absolute_url()).status_code == 404
    with mock.patch("django.utils.timezone.now", return_value=share.until):
        assert not task.shares.open_to(cast.lea).exists()
    tasks.unshare(cast.mia, task, share=share)
    assert lea.get(task.get_absolute_url()).status_code == 404


def test_one_click_shares_with_the_managers_and_one_ends_it(cast: Cast, world: World):
    mia, url = as_(cast.mia), f"{world.task.get_absolute_url()}shares/"
    assert mia.post(url, {"managers": "on"}, follow=True).status_code == 200
    share = world.task.shares.open().get()
    assert share.reader is None
    assert mia.post(url, {"reader": cast.olga.email}).status_code == 302
    assert set(world.task.shares.open().values_list("reader", flat=True)) == {None, cast.olga.pk}
    assert as_(cast.olga).get(world.task.get_absolute_url()).status_code == 200
    assert as_(cast.olga).get(url).status_code == 403, "who looks does not share on"
    assert mia.post(url, {"reader": "nobody"}).status_code == 422
    mia.post(f"{url}removal/", {"share": share.pk})
    assert not world.task.shares.open_to(cast.lea).exists()


def test_a_manager_stops_what_is_under_way_without_reading_whose_it_is(cast: Cast, world: World):
    lea = as_(cast.lea)
    page = lea.get(f"/agents/{world.agent.pk}/").content.decode()
    assert "working for somebody else" in page
    lea.post(f"/agents/{world.agent.pk}/endings/")
    assert not world.agent.tasks.under_way().exists()
    history = lea.get(f"/agents/{world.agent.pk}/history/").content.decode()
    assert "stopped what" in history
    assert "queued" not in history.replace("Lea Brandt queued", "")
