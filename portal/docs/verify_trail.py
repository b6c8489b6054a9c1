"""Verify an export of the audit trail without the portal: ``python3 verify_trail.py FILE... [--marks MARKS]``.

An entry's digest is sha256 of its text (rule 1: of the digest before it and its text). A seal's content is sha256 of
its entries' digests in order; its digest is sha256 of the seal's before it and its text. A mark names a seal's digest.
Marks are compared only: their signatures are checked by ``manage.py audit``, so give it marks that you kept elsewhere.
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
    seals = verify(line for file in files.split() for line in read(file))
    if not seals:
        sys.exit("No seal is in there.")
    told = [json.loads(line) for line in (read(marks) if marks else ())]
    known = [mark for mark in told if mark["seal"] in seals]
    if wrong := [mark["at"] for mark in known if seals[mark["seal"]] != mark["digest"]]:
        sys.exit(f"The seal that was marked at {wrong[0]} is another one.")
    sys.stdout.write(f"The trail is whole: seals {min(seals)} to {max(seals)}, {len(known)} marks fit.\n")
    if later := [mark["seal"] for mark in told if mark["seal"] > max(seals)]:
        sys.stdout.write(
            f"There are marks up to seal {max(later)}: ask for the entries up to there as well.\n"
        )
