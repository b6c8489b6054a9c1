"""What the offline model does for the ready-made agents, as calls and as words."""

from agents.connectors.deploy.ready import READY, meant
from agents.connectors.offline import Conversation, Made, Stuck

TOOLS = frozenset(
    name.replace(".", "_") for ready in READY for name in (*ready.envelope, "room.post", "deploy.history")
)


def seen(instruction: str, *made: Made) -> Conversation:
    return Conversation(instruction, "You act for Mia <mia@example.com>", TOOLS, made, "room_post")


def done(tool: str, result: object, **arguments: object) -> Made:
    return Made(tool, arguments, {"status": "done", "result": result})


def example(key: str) -> str:
    return next(ready.example for ready in READY if ready.key == key)


def test_the_watcher_watches_and_is_not_asked_again():
    told = {"service": "shop", "environment": "production", "last": True}
    assert meant(seen(example("deployment-watcher"))) == [("deploy_watch", told)]


def test_release_notes_are_the_commits_since_what_runs():
    words = example("release-notes")
    assert meant(seen(words)) == [("deploy_versions", {"service": "shop"})]
    versions = done("deploy_versions", {"versions": [{"version": "v3"}, {"version": "v2"}]})
    wanted = {"service": "shop", "environment": "production", "version": "v3"}
    assert meant(seen(words, versions)) == [("deploy_diff", wanted)]
    diff = done(
        "deploy_diff", {"commits": [{"id": "abcdef0123", "title": "Show three"}], "migrations": ["m/2.py"]}
    )
    text = str(meant(seen(words, versions, diff)))
    assert "- Show three (abcdef0)" in text
    assert "m/2.py" in text


def test_a_hand_over_reads_each_place_and_tells_its_person():
    words = example("hand-over")
    places = {"services": [{"service": "shop", "environments": [{"environment": "staging"}]}]}
    services = done("deploy_services", places)
    where = {"service": "shop", "environment": "staging"}
    assert meant(seen(words)) == [("deploy_services", {})]
    assert meant(seen(words, services)) == [("deploy_history", where)]
    runs = done("deploy_history", {"runs": [{"version": "v2", "state": "failed", "kind": "start"}]}, **where)
    text = "shop in staging: v2 failed (start)."
    assert meant(seen(words, services, runs)) == [("room_post", {"to": "mia@example.com", "text": text})]
    assert meant(seen(words, services, runs, done("room_post", {}))) == text


def test_what_cannot_be_read_is_said_and_nothing_else_is_meant():
    denied = Made("deploy_services", {}, {"status": "denied", "reasons": ["no grant"]})
    assert isinstance(meant(seen(example("hand-over"), denied)), Stuck)
    assert meant(seen("Sort the inbox")) is None
