"""Everything about one person as a ZIP that is written while it is sent: one JSON file for each table."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZipFile

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder

from portal.people.models import Person
from portal.personal_data import Table
from portal.plugins import personal_data

CHUNK = 64 * 1024
ENCODER = DjangoJSONEncoder(ensure_ascii=False)


class _Sink:
    """What the archive is written into, and taken from: nothing is kept."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """An archive asks for it; what was written is here already."""

    def take(self) -> bytes:
        taken, self.parts, self.size = b"".join(self.parts), [], 0
        return taken


def chunks(person: Person) -> Iterator[bytes]:
    """The archive in pieces of about 64 kB, however much there is."""
    sink = _Sink()
    with ZipFile(cast(IO[bytes], sink), "w", ZIP_DEFLATED) as archive:
        archive.writestr("READ-ME.txt", read_me(person))
        for part in personal_data():
            for table in part.tables:
                with archive.open(f"{table.name}.json", "w", force_zip64=True) as file:
                    for text in _array(table, person):
                        file.write(text.encode())
                        if sink.size >= CHUNK:
                            yield sink.take()
    yield sink.take()


async def streamed(person: Person) -> AsyncIterator[bytes]:
    """The same for the web server, which sends each piece as it comes."""
    pieces = chunks(person)
    following = sync_to_async(lambda: next(pieces, b""))
    while piece := await following():
        yield piece


def read_me(person: Person) -> str:
    """What each file holds."""
    lines = [
        f"Everything that this portal holds about {person} ({person.email}), {datetime.now(UTC):%d %B %Y %H:%M} UTC.",
        "Each file is a JSON list. Times carry their zone, costs (cost_micros) are millionths of the currency;",
        "null means not priced or not set.",
    ]
    for part in personal_data():
        lines += ["", part.title, *(f"  {table.name}.json: {table.says}" for table in part.tables)]
    return "\n".join([*lines, ""])


def _array(table: Table, person: Person) -> Iterator[str]:
    yield "["
    for number, row in enumerate(table.export(person)):
        yield f"{',' if number else ''}\n{ENCODER.encode(row)}"
    yield "\n]\n"
