"""Gaming gain of every figure and precision of every signal, over simulated companies. Run by hand, from the root:

    python -m tests.bench.gaming [--seeds 1,2] [--intensities 0.3,1,3] [--plugin FILE] PATH_TO_BENCH [-- SIM OPTIONS]

Each world goes into a database of its own through ``manage.py import_usage``; ``manage.py usage_report`` writes what
the bench's scorer reads. Nothing of the bench is needed but its ``sim.py`` and ``score.py``.
"""

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

from portal import embedded

ROOT = Path(__file__).resolve().parents[2]
SLIGHT = 0.005  # relative: what is above counts as a gain


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bench", type=Path)
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--intensities", default="0.3,1,3")
    parser.add_argument("--plugin", action="append", default=[])
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="more options of sim.py, after --")
    asked = parser.parse_args()
    sys.path.insert(0, str(asked.bench))
    home = Path(tempfile.mkdtemp(prefix="gaming-"))
    server = embedded.Server(home, temporary=True)
    server.start()
    try:
        Runs(asked, home, server.url).all()
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


class Runs:
    """Every seed with every intensity, two worlds each, and the table of what came out."""

    def __init__(self, asked: argparse.Namespace, home: Path, url: str) -> None:
        self.asked, self.home, self.url = asked, home, url
        self.gains: dict[tuple[str, str], list[float]] = defaultdict(list)
        manage(url, home, "migrate", "--verbosity", "0")

    def all(self) -> None:
        for seed in self.asked.seeds.split(","):
            for intensity in self.asked.intensities.split(","):
                self.one(seed, intensity)
        self.table()

    def one(self, seed: str, intensity: str) -> None:
        run = self.home / "run"
        shutil.rmtree(run, ignore_errors=True)
        options = ["--seed", seed, "--intensity", intensity, "--out", str(run)]
        for plugin in self.asked.plugin:
            options += ["--plugin", plugin]
        simulate = [sys.executable, str(self.asked.bench / "sim.py"), *options, *self.asked.rest]
        subprocess.run(simulate, check=True, stdout=subprocess.DEVNULL)
        began = time.monotonic()
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda world: self.world(run, world), ("gamed", "base")))
        self.score(run, f"seed {seed} × {intensity}", time.monotonic() - began)

    def world(self, run: Path, name: str) -> None:
        """Import one world into a copy of the empty database and write its reports beside it."""
        base = self.url.split("?")[0].rpartition("/")[2]
        with psycopg.connect(self.url.replace(f"/{base}?", "/template1?"), autocommit=True) as admin:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}"')
            admin.execute("SELECT pg_advisory_lock(1)")  # a template is copied by one at a time
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{base}"')
        url = self.url.replace(f"/{base}?", f"/{name}?")
        manage(url, self.home, "import_usage", str(run / name))
        manage(url, self.home, "usage_report", "--per-person", "--out", str(run / f"{name}.csv"))
        if name == "gamed":
            manage(url, self.home, "usage_report", "--signals", "--out", str(run / "flags.csv"))

    def score(self, run: Path, title: str, took: float) -> None:
        import score

        people = {row["employee_id"]: row for row in score.load(run / "labels/employees.csv")}
        for key, pairs in score.gain(run, run / "gamed.csv", run / "base.csv", people).items():
            self.gains[key] += [relative for relative, _ in pairs]
        found = score.detector(run, run / "flags.csv", people)
        honest = found["honest"].values()
        worst = max(one["flagged"] / max(1, one["tokens"]) for one in honest)
        with (run / "gamed/events.csv").open() as events:
            number = sum(1 for _ in events) - 1
        print(
            f"{title:14} {number:7,} events {took:5.1f} s  precision {found['precision']:.3f}  "
            f"recall {found['recall']:.3f}  worst honest profile {worst:.4f}  "
            f"honest people over a quarter: {sum(one['over'] for one in honest)}",
            flush=True,
        )

    def table(self) -> None:
        rows = [summary(*key, gains) for key, gains in sorted(self.gains.items())]
        out = csv.writer(sys.stdout, delimiter="\t")
        out.writerow(("figure", "strategy", "n", "median gain", "largest", f"above {SLIGHT:.1%}"))
        out.writerows(rows)
        worst = max(statistics.median(gains) for gains in self.gains.values())
        every = [gain for gains in self.gains.values() for gain in gains]
        print(
            f"largest median {worst:+.4f}; {sum(g > SLIGHT for g in every)} of {len(every)} above {SLIGHT:.1%}"
        )


def summary(figure: str, strategy: str, gains: list[float]) -> tuple[Any, ...]:
    above = sum(gain > SLIGHT for gain in gains)
    return figure, strategy, len(gains), f"{statistics.median(gains):+.3f}", f"{max(gains):+.3f}", above


def manage(url: str, home: Path, *command: str) -> None:
    surroundings = os.environ | {"DATABASE_URL": url, "PORTAL_HOME": str(home), "PORTAL_LOG_LEVEL": "ERROR"}
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=surroundings,
        check=True,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    main()
