"""A disk that is full, under a mailbox and for a while: the task waits, and does all of it when there is room."""

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from agents.queue.models import Task
from tests.faults.house import house
from tests.faults.scene import ROUNDS, SEED, check_once, done, ended, made_queue, sorting, tell
from tests.portal.machine import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(ROUNDS < 2, reason="takes a minute: FAULTS=20 runs it"),
]


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """A file system of its own for one mailbox. Skips where we may not mount one."""
    place.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk, and not everywhere")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(b"x" * 4096)
            except OSError:
                return ballast


def test_the_disk_is_full_for_a_while(cast, tmp_path):
    chance, root = random.Random(f"{SEED} disk"), Path(settings.MAIL_ROOT) / f"disk-{SEED}"
    took = []
    with made_queue(), house(tmp_path, workers=1, clocks=1) as here, small_disk(root):
        for number in range(max(1, ROUNDS // 10)):
            task = sorting(cast, f"disk-{SEED}/box{number}")
            wait_until(lambda task=task: done(task) >= chance.randrange(1, 16) or ended(task), 90)
            ballast = fill(root)
            wait_until(lambda task=task: Task.objects.get(pk=task.pk).put_off or ended(task), 30)
            time.sleep(chance.uniform(0, 5))
            here.keep()
            ballast.unlink()
            before, began = done(task), time.monotonic()
            wait_until(lambda task=task, before=before: done(task) > before or ended(task), 60)
            took.append(time.monotonic() - began)
            wait_until(lambda task=task: ended(task), 60)
            check_once(task)
    tell(f"a full disk (seed {SEED}), from the moment that there is room until the next call", took)
