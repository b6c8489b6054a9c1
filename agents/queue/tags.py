"""The word and colour for each state of a task, a call or an ask. Pure."""

from typing import NamedTuple


class Tag(NamedTuple):
    """``kind`` is one of the design system's tags; ``word`` is shown with its colour."""

    kind: str
    word: str


TASKS = {
    "queued": Tag("quiet", "queued"),
    "put_off": Tag("quiet", "tried again later"),
    "claimed": Tag("live", "starting"),
    "running": Tag("live", "running"),
    "waiting": Tag("ask", "waits for an answer"),
    "watches": Tag("live", "watches"),
    "succeeded": Tag("quiet", "done"),
    "failed": Tag("deny", "not finished"),
    "cancelled": Tag("deny", "stopped"),
    "expired": Tag("quiet", "expired"),
}
CALLS = {
    "denied": Tag("deny", "denied"),
    "asked": Tag("ask", "asks"),
    "refused": Tag("deny", "answered no"),
    "started": Tag("live", "under way"),
    "later": Tag("quiet", "tried again later"),
    "awaited": Tag("live", "goes on"),
    "done": Tag("allow", "allowed"),
    "would": Tag("shadow", "would have"),
    "failed": Tag("quiet", "did not work"),
    "unknown": Tag("ask", "unknown"),
}
ASKS = {
    "open": Tag("ask", "waits for you"),
    "second": Tag("ask", "waits for somebody else"),
    "approved": Tag("allow", "allowed"),
    "refused": Tag("deny", "not allowed"),
    "expired": Tag("deny", "no answer in time"),
    "dead": Tag("quiet", "no longer needed"),
}
UNCLEAR = {
    "open": Tag("ask", "nobody knows yet"),
    "happened": Tag("allow", "it happened"),
    "again": Tag("quiet", "done again"),
    "not": Tag("quiet", "it did not happen"),
    "shown": Tag("allow", "it happened"),
    "expired": Tag("quiet", "nobody said in time"),
}
