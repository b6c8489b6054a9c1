"""The queue's own tables, made by several processes at the same moment: every message is there."""

import pytest
from django.db import connection

from tests.agents.at_once import python
from tests.agents.queues import sent

pytestmark = pytest.mark.django_db(transaction=True)
SENDS = """
from portal.later import later
input()
later("agents.sweep")
"""


def test_processes_that_make_them_at_once_lose_no_message():
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS pgmq CASCADE")
    processes = [python(SENDS) for _ in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert sent() == [("agents.sweep", [])] * 4
