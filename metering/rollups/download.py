"""Files to take along: tables as CSV that a spreadsheet opens without running anything in them, and JSON."""

import csv
from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpResponse, JsonResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download called ``name``. What a spreadsheet would take for a formula begins with an apostrophe."""
    answer = _named(HttpResponse(content_type="text/csv; charset=utf-8"), name)
    writer = csv.writer(answer)
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return answer


def document(name: str, data: Mapping[str, object]) -> HttpResponse:
    """``data`` as a JSON download called ``name``."""
    return _named(JsonResponse(dict(data), json_dumps_params={"indent": 2, "ensure_ascii": False}), name)


def _named(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
