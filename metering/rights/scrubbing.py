"""Takes a name and an e-mail out of whatever people and agents wrote (``PersonalData.written``), but for the trail."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Cast

from metering.rights.anonymize import to_no_one
from portal.personal_data import CHUNK
from portal.plugins import personal_data


def pattern(names: Iterable[str], emails: Iterable[str], others: Iterable[str] = ()) -> str:
    """Whole occurrences, as an expression that PostgreSQL and Python read alike; "": there is nothing to look for.

    A name of one short word is too common. The names of ``others`` stay, and so do parts of them (Anna Lee in Anna Lee
    Jones).
    """
    alternatives = [rf"(?<![\w.+-]){_quoted(email)}(?![\w-]|\.\w)" for email in emails]
    lower = {other.lower() for other in others}
    for name in names:
        if (" " in name or len(name) >= 12) and name.lower() not in lower:
            alternatives += _whole(name, lower)
    return "|".join(alternatives)


def _whole(name: str, others: Iterable[str]) -> Iterator[str]:
    """``name`` as the catalogue of texts has it and as JSON writes it."""
    longer = [other.split(name.lower(), 1) for other in others if name.lower() in other]
    before = "".join(f"(?<!{_quoted(head)})" for head, tail in longer if head and not tail)
    after = "".join(f"(?!{_quoted(tail)})" for _, tail in longer if tail)
    for text in {name, json.dumps(name, ensure_ascii=False)[1:-1]}:
        yield rf"(?<!\w){before}{_quoted(text)}(?!\w){after}"


def scrub(names: Iterable[str], emails: Iterable[str], others: Iterable[str], alias: str) -> None:
    """Put ``alias`` in their place wherever somebody writes, but in the trail."""
    found = pattern(names, emails, others)
    if not found:
        return
    written = [item for part in personal_data() for item in part.written.items()]
    with transaction.atomic(), to_no_one():
        for name, columns in written:
            model = apps.get_model(name)
            fields = [model._meta.get_field(column) for column in columns]
            _texts(
                model, [field for field in fields if not isinstance(field, models.JSONField)], found, alias
            )
            _json(
                model, [field.name for field in fields if isinstance(field, models.JSONField)], found, alias
            )


def _texts(model: type[models.Model], fields: list[Any], found: str, alias: str) -> None:
    if not fields:
        return
    new = ", ".join(f'"{field.column}" = {_new(field)}' for field in fields)
    where = " OR ".join(f'"{field.column}" ~* %s' for field in fields)
    params = [found, alias] * len(fields) + [found] * len(fields)
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{model._meta.db_table}" SET {new} WHERE {where}', params)  # noqa: S608


def _new(field: Any) -> str:
    new = f"regexp_replace(\"{field.column}\", %s, %s, 'gi')"
    return f"left({new}, {field.max_length})" if field.max_length else new


def _json(model: type[models.Model], names: list[str], found: str, alias: str) -> None:
    """Values only: a key is the program's."""
    if not names:
        return
    there = models.Q()
    for name in names:
        there |= models.Q(**{f"text_{name}__iregex": found})
    texts = {f"text_{name}": Cast(name, models.TextField()) for name in names}
    rows = model._base_manager.alias(**texts).filter(there).values_list("pk", *names)
    expression = re.compile(found, re.IGNORECASE)
    for pk, *values in rows.iterator(chunk_size=CHUNK):
        new = [_replaced(value, expression, alias) for value in values]
        model._base_manager.filter(pk=pk).update(**dict(zip(names, new, strict=True)))


def _replaced(value: Any, expression: re.Pattern[str], alias: str) -> Any:
    if isinstance(value, str):
        return expression.sub(alias, value)
    if isinstance(value, list):
        return [_replaced(inner, expression, alias) for inner in value]
    if isinstance(value, dict):
        return {key: _replaced(inner, expression, alias) for key, inner in value.items()}
    return value


def _quoted(text: str) -> str:
    return re.sub(r"([^\w\s@])", r"\\\1", text)
