"""Before and after: what counts as worse, and one look at a real server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

import pytest

from agents.connectors import measuring
from agents.connectors.base import ConnectionContext, ConnectorError
from agents.connectors.health import Limits, Sample, Series, figures, joined, series

HERE = (ip_network("127.0.0.0/8"),)
WELL, BAD = Sample(errors=0.0, seconds=0.2, restarts=3), Sample(errors=1.0)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ([WELL] * 3, []),
        ([BAD] * 2, []),  # too few to say
        ([BAD] * 3, ["errors 100.0 % (before: 0.0 %)"]),
        ([WELL] * 99 + [BAD], []),
        ([WELL] * 9 + [BAD], ["errors 10.0 % (before: 0.0 %)"]),
        ([Sample(seconds=0.29)] * 3, []),
        ([Sample(seconds=0.31)] * 3, ["answers after 0.31 s (before: 0.20 s)"]),
        ([Sample(restarts=n) for n in (3, 3, 4)], ["restarts 1 (before: 0)"]),
        ([Sample(restarts=n) for n in (3, 0, 1)], ["restarts 1 (before: 0)"]),
        ([Sample()] * 3, []),
    ],
)
def test_what_is_worse_is_said_in_numbers(after, said):
    seen = Series((WELL,) * 3, tuple(after))
    assert [str(worse) for worse in seen.worse(Limits())] == said
    assert series(json.loads(json.dumps(seen.stored()))).worse(Limits()) == seen.worse(Limits())


def test_without_a_before_only_errors_and_restarts_can_be_too_many():
    assert [str(one) for one in Series((), (Sample(errors=0.5, seconds=9),) * 3).worse(Limits())] == [
        "errors 50.0 %"
    ]


def test_a_very_fast_answer_may_be_a_little_slower():
    assert Series((Sample(seconds=0.001),) * 3, (Sample(seconds=0.04),) * 3).worse(Limits()) == []


def test_several_sources_make_one_look_the_worst_of_each():
    assert joined([WELL, Sample(errors=0.1, seconds=0.1)]) == Sample(0.1, 0.2, 3)
    assert figures([]).looks == 0


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        place = urlsplit(self.path)
        query = parse_qs(place.query)
        asked.append({name: values[0] for name, values in query.items()})
        body, status = b"ok", 503 if place.path == "/down" else 200
        if place.path == "/api/v1/query":
            body = REPLIES[query["query"][0]]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


asked: list[dict[str, str]] = []


def vector(*values: str) -> bytes:
    rows = [{"metric": {}, "value": [1, value]} for value in values]
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": rows}}).encode()


SCALAR = {"status": "success", "data": {"resultType": "scalar", "result": [1, "4"]}}
REPLIES = {
    "errs": vector("0.25"),
    "slow": vector("NaN"),
    "none": vector(),
    "many": json.dumps(SCALAR).encode(),
    "html": b"{}",
}


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as found:
        yield found


def at(inside=HERE) -> ConnectionContext:
    return ConnectionContext(1, "Shop", {}, inside=inside)


def test_an_address_that_answers_and_some_that_do_not(url, monkeypatch):
    found = measuring.answers(at(), f"{url}/")
    assert found.errors == 0.0
    assert 0 < (found.seconds or 0) < 5
    assert measuring.answers(at(), f"{url}/down").errors == 1.0
    assert measuring.answers(at(), "http://127.0.0.1:9/").errors == 1.0


def test_an_address_that_the_portal_may_not_reach_is_no_figure(url):
    with pytest.raises(ConnectorError):
        measuring.answers(at(inside=()), f"{url}/")


def test_prometheus_gives_figures_by_query_now_and_then(url):
    asked.clear()
    when = datetime(2026, 11, 30, 12, tzinfo=UTC)
    queries = {"errors": "errs", "seconds": "slow", "restarts": "many"}
    assert measuring.prometheus(at(), url, queries, when) == Sample(0.25, None, 4.0)
    assert asked[0] == {"query": "errs", "time": "1796040000.000"}
    assert measuring.prometheus(at(), url, {"errors": "none"}) == Sample()


@pytest.mark.parametrize("query", ["html"])
def test_an_answer_that_is_none_is_said(url, query):
    with pytest.raises(ConnectorError, match="cannot be read"):
        measuring.prometheus(at(), url, {"errors": query})
