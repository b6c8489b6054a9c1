"""The files that begin first are there."""

from django.conf import settings

from tests.scheduling import LONG, SHARES


def test_files_that_begin_first_are_there():
    assert [file for file in (*LONG, *SHARES) if not (settings.BASE_DIR / file).exists()] == []
