"""``kill -9`` of ``up``, of the web server or of the clock while the sample's agent sorts: it ends, all of it once."""

import random
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from portal import embedded
from tests.faults.scene import ROUNDS, SEED
from tests.portal.machine import Up, wait_until

pytestmark = pytest.mark.skipif(ROUNDS < 2, reason="takes minutes: FAULTS=20 runs it")
ENDS, CHILDREN = "waits for an answer (read 14, labelled 14, drafted 2", ("web", "worker", "beat", "listen")


def kill_one(up: Up, home: Path, chance: random.Random) -> tuple[str, Up]:
    name = chance.choice(["up", *CHILDREN])
    if name != "up":
        with suppress(StopIteration, psutil.NoSuchProcess):
            up.child(name).kill()
        return name, up
    up.end(9)
    return name, Up(home, port=up.port)


def test_the_sample_is_done_once():
    chance, done = random.Random(f"{SEED} up"), Counter[str]()
    for _ in range(max(1, ROUNDS // 20)):
        home = Path(tempfile.mkdtemp(prefix="portal-home-"))
        up = Up(home)
        said: list[str] = []
        try:
            up.until("labelled", 300)
            for _ in range(4):
                seen = len(up.lines)
                name, again = kill_one(up, home, chance)
                done[name] += 1
                if again is not up:
                    said += up.lines
                    up, seen = again, 0
                with suppress(AssertionError):  # it may have ended before
                    wait_until(lambda up=up, seen=seen: len(up.lines) > seen + 1, chance.uniform(1, 20))
            wait_until(lambda up=up, said=said: ENDS in "\n".join([*said, *up.lines]), 120)
            drafts = list((home / "mailboxes" / "support" / ".Drafts" / "cur").iterdir())
            assert len(drafts) == 2
            assert up.end() == 0
        finally:
            if up.process.poll() is None:
                up.end(9)
            embedded.Server(home).postgres.stop()
            shutil.rmtree(home)
    print(f"\nseed {SEED}: killed {dict(done)}")
