"""When a schedule runs, in a sentence's words, for pages and refusals."""

from zoneinfo import ZoneInfo

from agents.schedules.models import Schedule


def when(schedule: Schedule) -> str:
    """``every weekday at 06:00``, ``once on 24 December 2026 at 08:00``, ``after a new message in a folder (INBOX)``"""
    if schedule.kind == Schedule.Kind.EVENT:
        return f"after {event(schedule)}"
    if schedule.once_at is not None:
        local = schedule.once_at.astimezone(ZoneInfo(schedule.zone))
        return f"once on {local.day} {local:%B %Y} at {local:%H:%M}"
    return schedule.times_in_words


def event(schedule: Schedule) -> str:
    if schedule.by_hook or schedule.connection is None:
        return "a signed web hook"
    kinds = schedule.connection.connector.events
    title = next((kind.title for kind in kinds if kind.name == schedule.event), schedule.event)
    place = f" ({schedule.place})" if schedule.place else ""
    return f"{title}{place} in {schedule.connection}"
