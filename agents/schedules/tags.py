"""The word and colour for each state of a schedule and of a run without a task. Pure."""

from agents.queue.tags import Tag

SCHEDULES = {
    "off": Tag("quiet", "switched off"),
    "on": Tag("allow", "on"),
    "paused": Tag("ask", "paused"),
    "ended": Tag("quiet", "ended"),
}
RUNS = {
    "asks": Tag("ask", "waits for you"),
    "missed": Tag("quiet", "missed"),
    "skipped": Tag("quiet", "skipped"),
    "overlap": Tag("quiet", "left out"),
}
