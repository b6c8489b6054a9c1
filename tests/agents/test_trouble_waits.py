"""What of a model's or a connection's trouble may pass, and how long it is waited for. Pure."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from pydantic_ai.exceptions import ModelConnectionError, ModelHTTPError, UnexpectedModelBehavior

from agents.runtime import trouble


@pytest.mark.parametrize(
    ("tries", "left", "asked", "waits"),
    [
        (0, 3600, 0, 1),
        (3, 3600, 0, 8),
        (10, 3600, 0, 60),
        (300, 3600, 0, 60),
        (5, 20, 0, 15),
        (0, 5, 0, None),
        (0, -1, 0, None),
        (0, 3600, 90, 90),
        (0, 90, 90, None),
    ],
)
def test_how_long_it_is_waited(tries, left, asked, waits):
    assert trouble.wait(tries, left, asked=asked) == waits


def test_a_call_is_waited_for_only_as_long_as_leaves_the_model_time():
    assert [trouble.wait_for_call(tries, 60.0) for tries in (0, 4, 5)] == [1, 16, None]
    assert trouble.wait_for_call(99, 3600.0) == trouble.LONGEST
    assert trouble.wait_for_call(0, 3600.0, asked=90.0) == 90, "as long as its system asks"
    assert trouble.wait_for_call(0, 100.0, asked=90.0) is None


def test_what_may_pass():
    def http(status: int) -> ModelHTTPError:
        return ModelHTTPError(status, "m")

    for status in (408, 409, 425, 429, 500, 502, 503, 504, 529):
        assert trouble.passes(http(status), 99), status
    for status in (400, 401, 403, 404, 413, 422):
        assert not trouble.passes(http(status), 0), status
    for failure in (TimeoutError(), ConnectionResetError(), ModelConnectionError("m", "gone")):
        assert trouble.passes(failure, 99)
    strange = UnexpectedModelBehavior("nonsense")
    assert [trouble.passes(strange, tries) for tries in range(4)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7),
        ("", 0),
        ("soon", 0),
        ("-3", 0),
        ("Sun, 29 Nov 2026 12:00:30 GMT", 30),
        ("Sun, 29 Nov 2020 12:00:00 GMT", 0),
    ],
)
def test_retry_after(said, seconds):
    failure = ModelHTTPError(429, "m", headers={"Retry-After": said})
    assert trouble.asked_to_wait(failure, datetime(2026, 11, 29, 12, tzinfo=UTC)) == seconds
    assert trouble.asked_to_wait(TimeoutError(), timezone.now()) == 0
