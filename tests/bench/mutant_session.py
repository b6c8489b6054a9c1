"""One pytest session, collected once, in which each of mutmut's mutants is tried in a fork. Started by ``mutants.py``.

Run in the folder of the copy, where pyproject.toml holds mutmut's settings, with the names of mutants or none for all.
"""

import gc
import io
import json
import os
import resource
import signal
import sys
import time
from contextlib import redirect_stdout
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import pytest
from mutmut.__main__ import collect_source_file_mutation_data, create_mutants
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.file_utils import change_cwd, copy_also_copy_files, copy_src_dir, setup_source_paths
from mutmut.utils.format_utils import mangled_name_from_mutant_name
from mutmut.workers.isolation import run_in_fork_with_result

SURVIVED, KILLED, UNTRIED, TIMEOUT = 0, 1, 33, 36  # mutmut's codes; UNTRIED: no test comes by
OVER = {signal.SIGXCPU, signal.SIGALRM, signal.SIGKILL}
LEAST = (
    5  # seconds that a mutant has, beside twenty times what its tests take; ten times as long by the clock
)


class Trials:
    """The plugin that does, instead of one run of all tests, one for each mutant."""

    def __init__(self, names: list[str], processes: int, patience: int) -> None:
        every, _ = collect_source_file_mutation_data(mutant_names=names)
        self.mutants = [(kept, name) for kept, name, code in every if names or code is None]
        for kept, _ in self.mutants:
            kept.meta_path = kept.meta_path.absolute()
        self.processes, self.patience = processes, patience
        self.failures: list[str] = []
        self.running: dict[int, tuple[SourceFileMutationData, str, float]] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if not session.items or session.testsfailed:
            raise pytest.UsageError("The tests cannot be collected.")
        self.items = {item.nodeid: item for item in session.items}
        covering, took = self._known(session)
        gc.freeze()  # forks share what they only read
        chosen = [
            (sorted(covering.get(mangled_name_from_mutant_name(name), ()), key=took.__getitem__), kept, name)
            for kept, name in self.mutants
        ]
        for number, (tests, kept, name) in enumerate(sorted(chosen, key=lambda one: len(one[0]))):
            if number % 50 == 0:
                print(f"{number} of {len(chosen)} mutants", flush=True)
            if not tests:
                self._keep(kept, name, UNTRIED, 0.0)
                continue
            while len(self.running) >= self.processes:
                self._wait()
            limit = self.patience * int(LEAST + 20 * sum(took[test] for test in tests))
            if pid := os.fork():
                self.running[pid] = kept, name, time.monotonic()
            else:
                self._try(session, name, tests, limit)
        while self.running:
            self._wait()
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failures.append(f"{report.nodeid}\n{report.longreprtext}")

    def _known(self, session: pytest.Session) -> tuple[dict[str, list[str]], dict[str, float]]:
        """What ``_covering`` found; found again only where a file is another than then."""
        files = sorted(Path().rglob("*.py"))
        digest = sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
        remembered = Path("covering.json")
        if not remembered.exists() or (known := json.loads(remembered.read_text()))["of"] != digest:
            covering, took = run_in_fork_with_result(self._covering, session)
            known = {
                "of": digest,
                "covering": {name: sorted(tests) for name, tests in covering.items()},
                "took": took,
            }
            remembered.write_text(json.dumps(known))
        return known["covering"], known["took"]

    def _covering(self, session: pytest.Session) -> tuple[dict[str, set[str]], dict[str, float]]:
        """Which tests come by each function, and the processor time that each test takes, nothing changed."""
        covering: dict[str, set[str]] = {}
        took: dict[str, float] = {}
        quiet()
        set_mutant_under_test("stats")
        for item, following in zip_longest(session.items, session.items[1:]):
            begun = time.process_time()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            took[item.nodeid] = time.process_time() - begun
            for function in state()._stats:
                covering.setdefault(function, set()).add(item.nodeid)
            state()._stats.clear()
        if self.failures:
            raise RuntimeError("\n".join(["Tests fail though nothing is changed.", *self.failures]))
        return covering, took

    def _try(self, session: pytest.Session, name: str, tests: list[str], limit: int) -> None:
        """In the fork: until a test fails. Processor time is what counts, so that a busy machine ends nobody."""
        code = KILLED
        try:
            quiet()
            forget()
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
            signal.alarm(10 * limit)
            set_mutant_under_test(name)
            items = [self.items[test] for test in tests]
            for item, following in zip_longest(items, items[1:]):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if self.failures:
                    break
            else:
                code = SURVIVED
        finally:
            os._exit(code)

    def _wait(self) -> None:
        pid, status = os.wait()
        kept, name, begun = self.running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        self._keep(kept, name, TIMEOUT if -code in OVER else code, time.monotonic() - begun)

    @staticmethod
    def _keep(kept: SourceFileMutationData, name: str, code: int, took: float) -> None:
        kept.exit_code_by_key[name] = code
        kept.durations_by_key[name] = took
        kept.save()


def quiet() -> None:
    """In a fork: what tests print and log is read by nobody."""
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def forget() -> None:
    """What functions remember since the tests were collected: a change shows where something is found out anew."""
    for name, module in list(sys.modules.items()):
        if config().should_mutate(f"{name.replace('.', '/')}.py"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
                elif isinstance(value, dict) and hasattr(value, "__missing__"):
                    value.clear()


def main(names: list[str]) -> int:
    set_mutant_under_test("mutant_generation")
    with redirect_stdout(io.StringIO()):
        os.makedirs("mutants", exist_ok=True)
        copy_src_dir()
        copy_also_copy_files()
        setup_source_paths()
        create_mutants(1)
    set_mutant_under_test("")
    chosen = config()
    trials = Trials(names, int(os.environ["PROCESSES"]), int(os.environ["PATIENCE"]))
    with change_cwd("mutants"):
        return pytest.main(
            ["--rootdir=.", "-s", *chosen.pytest_add_cli_args_test_selection, *chosen.pytest_add_cli_args],
            plugins=[trials],
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
