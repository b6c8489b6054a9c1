"""One row of the ledger: the one list of columns, of which COPY, INSERT and the SQL function are made. Pure."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, NamedTuple, get_args, get_type_hints

Moment = Annotated[datetime, "timestamptz"]
Big = Annotated[int, "bigint"]
Number = Annotated[int, "integer"]
Small = Annotated[int, "smallint"]
Flag = Annotated[bool, "boolean"]
Rate = Annotated[Decimal, "numeric"]
Text = Annotated[str, "text"]


class Row(NamedTuple):
    """With its key's digest (hex) and the checksum of what its source said. The rest are the table's columns, in the
    order in which they are copied."""

    digest: str
    figures: int
    at: Moment  # in UTC
    person_id: Big
    team_id: Big
    agent_id: Big | None
    input_tokens: Number
    cache_read_tokens: Number
    cache_write_tokens: Number
    output_tokens: Number
    cost_micros: Big | None
    turn: Number
    tool_calls: Number
    changes: Number
    requests: Small
    unpriced: Small
    failed: Flag
    retried: Flag
    agent_name: Text
    source: Text
    task: Text
    trigger: Text
    provider: Text
    model: Text
    currency: Text
    kind: Text
    corrects: Text
    rate: Rate
    priced_by: Text
    note: Text
    key: Text


COLUMNS = Row._fields[2:]


def sql_type(name: str) -> str:
    """The type of a column in PostgreSQL."""
    hint = get_type_hints(Row, include_extras=True)[name]
    return str((get_args(get_args(hint)[0]) or get_args(hint))[1])
