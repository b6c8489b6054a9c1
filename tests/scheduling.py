"""Which tests stay with one process (``pytest -n``): those of a file, and of a long file one share of its tests."""

from zlib import crc32

from xdist.scheduler import LoadFileScheduling

# Its tests may be told apart by their parameter alone, and each process builds once what they share.
SHARES = {"tests/test_doors.py": 8, "tests/agents/test_connectors_deleted.py": 4}
# Twenty seconds and more, the longest first. Left for the end, one process would work and the others wait.
LONG = (
    "tests/test_volume.py",
    "tests/agents/test_demo.py",
    "tests/test_forms.py",
    "tests/portal/test_up.py",
    "tests/test_doors.py",
    "tests/agents/test_connectors_deleted.py",
    "tests/test_browser.py",
    "tests/portal/test_backup.py",
    "tests/faults/test_waiting.py",
    "tests/portal/test_deploy.py",
    "tests/test_prefilled.py",
    "tests/test_pictures.py",
    "tests/agents/test_connectors_confined.py",
    "agents/connectors/mail/tests/test_demo_imap.py",
    "tests/faults/test_soak.py",
    "tests/portal/test_starting.py",
    "tests/portal/test_proxies.py",
    "tests/portal/test_rings.py",
    "tests/agents/test_races.py",
    "tests/agents/test_crash.py",
    "tests/agents/test_brokers.py",
)


class Scheduling(LoadFileScheduling):
    def schedule(self) -> None:
        begins = self.collection is None
        super().schedule()
        if begins:
            for file in reversed(LONG):
                for scope in [scope for scope in self.workqueue if scope.startswith(file)]:
                    self.workqueue.move_to_end(scope, last=False)

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        parameter = nodeid.partition("[")[2]
        return f"{file}-{crc32(parameter.encode()) % SHARES[file]}" if file in SHARES else file
