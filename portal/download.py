"""Files to take along: tables as CSV that a spreadsheet opens without running anything in them, and JSON."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse, JsonResponse

# What spreadsheets take for the beginning of a formula, in full width too, or skip before they look for one.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")
NUMBER = re.compile(r"-\d+(\.\d+)?")


def response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download called ``name``."""
    answer = _named(HttpResponse(content_type="text/csv; charset=utf-8"), name)
    write(answer, header, rows)
    return answer


def write(handle: Any, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """The table as CSV, the portal's one way to write it; how many rows."""
    writer = csv.writer(handle)
    writer.writerow([harmless(cell) for cell in header])
    count = 0
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        count += 1
    return count


def harmless(cell: object) -> object:
    """The cell, after an apostrophe where a spreadsheet would take it for a formula: people write what stands in it."""
    if cell is None or isinstance(cell, bool | int | float):
        return cell
    words = str(cell)
    return f"'{words}" if words.startswith(FORMULA) and not NUMBER.fullmatch(words) else words


def document(name: str, data: Mapping[str, object]) -> HttpResponse:
    """``data`` as a JSON download called ``name``."""
    return _named(JsonResponse(dict(data), json_dumps_params={"indent": 2, "ensure_ascii": False}), name)


def _named(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
