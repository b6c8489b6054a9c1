"""Which tests stay with one process (``pytest -n``): those of a file, and of a long file one share of its tests."""

from zlib import crc32

from xdist.scheduler import LoadFileScheduling

# Its tests may be told apart by their parameter alone, and each process builds once what they share.
SHARES = {"tests/test_doors.py": 8}


class Scheduling(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        parameter = nodeid.partition("[")[2]
        return f"{file}-{crc32(parameter.encode()) % SHARES[file]}" if file in SHARES else file
