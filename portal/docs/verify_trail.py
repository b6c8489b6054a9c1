"""Verify an export of the audit trail without the portal: ``python3 verify_trail.py FILE... [--marks MARKS]``.

Digests are sha256: an entry's of its text (rule 1: after the digest before it), a seal's content of its entries'
digests in order, a seal's of the digest before it and its text. Signatures of marks: only ``manage.py audit`` checks.
"""

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def verify(lines: Iterable[str]) -> dict[int, str]:
    """Returns {seal: digest} of an export's lines. Raises ValueError, which says what is wrong."""
    seals: dict[int, str] = {}
    held: dict[int, tuple[bytes, bytes]] = {}
    before = chained = b""
    for line in map(json.loads, lines):
        text, digest = line["text"].encode(), bytes.fromhex(line["digest"])
        if "entry" in line:
            held[line["entry"]] = (text, digest)
            continue
        number, _, rule, _, count, _, covers, _, content = json.loads(text)
        covered = [n for a, b in re.findall(r"(\d+),(\d+)\)", covers) for n in range(int(a), int(b))]
        numbers = [json.loads(words)[0] for words, _ in held.values()]
        if numbers != covered or len(held) != count or number != line["seal"]:
            raise ValueError(f"seal {line['seal']} is not of the {len(held)} entries before it")
        for entry, (words, own) in held.items():
            if own != sha(chained if rule == 1 else b"", words):
                raise ValueError(f"entry {entry} was changed")
            chained = own
        previous = bytes.fromhex(line["previous"])
        fits = previous == before if seals else (number == 1) == (previous == b"")
        fits = fits and sha(*(own for _, own in held.values())).hex() == content
        if not fits or sha(previous, text) != digest:
            raise ValueError(f"seal {number} was changed, or the one before it")
        seals[number], before, held = line["digest"], digest, {}
    if held:
        raise ValueError(f"no seal holds the entries from {min(held)} on")
    return seals


def read(file: str) -> list[str]:
    with (gzip.open if file.endswith(".gz") else open)(file, "rt", encoding="utf-8") as text:
        return text.readlines()


if __name__ == "__main__":
    files, _, marks = " ".join(sys.argv[1:]).partition(" --marks ")
    seals = verify(line for file in files.split() for line in read(file)) or sys.exit("No seal is in there.")
    known = [mark for mark in map(json.loads, read(marks) if marks else ()) if mark["seal"] in seals]
    if wrong := [mark["at"] for mark in known if seals[mark["seal"]] != mark["digest"]]:
        sys.exit(f"The seal that was marked at {wrong[0]} is another one.")
    sys.stdout.write(f"The trail is whole: seals {min(seals)} to {max(seals)}, {len(known)} marks fit.\n")
