"""When a schedule runs, in words: ``every weekday at 06:00`` to a cron line, and back. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime

from agents.schedules.times import BadLine, check, explain

DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
ORDINALS = ("first", "second", "third", "fourth", "last")
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "eight": 8,
    "ten": 10,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
}
EXAMPLES = (
    "every weekday at 06:00",
    "every day at 07:30 and 19:30",
    "every Monday and Thursday at 09:00",
    "every two hours from 8 to 18",
    "every 15 minutes from 8 to 18 on weekdays",
    "the first Monday of a month at 08:00",
    "the 1st and 15th of a month at 06:00",
    "the last day of a month at 17:00",
    "once on 2026-12-24 at 08:00",
)
UNREAD = f"This cannot be read as a time. Write it like one of these: {'; '.join(EXAMPLES[:4])}."
CRON = re.compile(r"@\w+|[0-9*/,\-LW]+( [0-9A-Z*/,\-#]+)*", re.IGNORECASE)
OF_MONTH = r"of (?:a|the|each|every) month"
DATES = ("%Y-%m-%d", "%d %B %Y", "%B %d %Y", "%d %b %Y")


@dataclass(frozen=True, slots=True)
class Cron:
    line: str


@dataclass(frozen=True, slots=True)
class Once:
    """``at`` has no zone: it is the schedule's."""

    at: datetime


When = Cron | Once


def read(text: str) -> When:
    """Raises BadLine, a sentence for who wrote it."""
    text = " ".join(text.split())
    if CRON.fullmatch(text):
        return Cron(check(text.upper()))
    plain = text.lower().rstrip(".")
    if plain.startswith("once"):
        return _once(plain)
    line = _interval(plain) or _at_times(plain)
    if line is None:
        raise BadLine(UNREAD)
    return Cron(check(line))


def _once(text: str) -> Once:
    match = re.fullmatch(r"once (?:on |at )?(.+?)(?: at | |t)([0-9:]+ ?(?:am|pm)?|noon|midnight)", text)
    if match:
        day = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|,", "", match[1])
        for shape in DATES:
            try:
                minutes = _minutes(match[2])
                return Once(datetime.strptime(day, shape).replace(hour=minutes // 60, minute=minutes % 60))
            except ValueError as error:
                if isinstance(error, BadLine):
                    raise
    raise BadLine("Write the day and the time, like “once on 2026-12-24 at 08:00”.")


def _interval(text: str) -> str | None:
    """``every two hours from 8 to 18 on weekdays``"""
    match = re.fullmatch(
        r"every (?:(\w+) )?(hour|minute)s?(?: (?:from|between) (.+?) (?:to|and|until) (.+?))?(?: (?:on|every) (.+))?",
        text,
    )
    if not match:
        return None
    many, unit, begin, end, on = match.groups()
    number = _number(many) if many else 1
    first, last = (_hour(begin), _hour(end)) if begin else (0, 23)
    days = _weekdays(on) if on else "*"
    if unit == "minute":
        _divides(number, 60, unit)
        between = f"{first}-{last - 1}" if last - first > 1 else str(first)
        return f"*/{number} {between if begin else '*'} * * {days}"
    if not begin:
        _divides(number, 24, unit)
        return f"0 {'*' if number == 1 else f'*/{number}'} * * {days}"
    if first >= last:
        raise BadLine("The first hour must be before the last.")
    return f"0 {first}-{last}{'' if number == 1 else f'/{number}'} * * {days}"


def _divides(number: int, whole: int, unit: str) -> None:
    if not 0 < number < whole or whole % number:
        fitting = ", ".join(str(n) for n in range(2, whole) if whole % n == 0 and (unit == "hour" or n >= 5))
        raise BadLine(f"Runs that are so many {unit}s apart do not fit evenly. Choose one of {fitting}.")


def _at_times(text: str) -> str | None:
    """``every weekday at 06:00``, ``the first Monday of a month at 08:00``"""
    when, at, clock = text.rpartition(" at ")
    if not at:
        return None
    when, minutes = when.removeprefix("on "), [_minutes(part) for part in _listed(clock)]
    if len({minute % 60 for minute in minutes}) > 1:
        raise BadLine("Several times of a day need the same minute, like 06:00 and 18:00.")
    hours = ",".join(str(hour) for hour in sorted({minute // 60 for minute in minutes}))
    days = _days(when)
    return f"{minutes[0] % 60} {hours} {days}" if days else None


def _days(text: str) -> str | None:
    """Day of month, month and day of week."""
    if match := re.fullmatch(rf"(?:every|the|each) ({'|'.join(ORDINALS)}) (\w+) {OF_MONTH}", text):
        if match[1] == "last" and match[2] == "day":
            return "L * *"
        day, which = _weekday(match[2]), ORDINALS.index(match[1])
        return f"* * {day}L" if match[1] == "last" else f"* * {day}#{which + 1}"
    if match := re.fullmatch(rf"(?:every|the|each) (.+) {OF_MONTH}", text):
        days = [_day_of_month(part) for part in _listed(match[1])]
        return f"{','.join(str(day) for day in sorted(set(days)))} * *"
    match = re.fullmatch(r"(?:every|each) (.+)|(daily)|(\w+s(?:(?:,| and) .+)?)", text)
    if not match:
        return None
    named = match[1] or match[3] or "day"
    return f"* * {'*' if named == 'day' else _weekdays(named)}"


def _weekdays(text: str) -> str:
    text = text.removesuffix("s") if text in ("weekdays", "working days", "weekends") else text
    if text in ("weekday", "working day", "workday"):
        return "1-5"
    if text in ("weekend", "weekend day"):
        return "0,6"
    return ",".join(str(day) for day in sorted({_weekday(part) for part in _listed(text)}))


def _weekday(text: str) -> int:
    for number, name in enumerate(DAYS):
        if text.removesuffix("s") in (name.lower(), name[:3].lower()):
            return number
    raise BadLine(UNREAD)


def _day_of_month(text: str) -> int:
    match = re.fullmatch(r"([1-9]|[12]\d|3[01])(?:st|nd|rd|th)?", text)
    if not match:
        raise BadLine(UNREAD)
    return int(match[1])


def _listed(text: str) -> list[str]:
    return [part.strip() for part in re.split(r",? and |,", text) if part.strip()]


def _number(text: str) -> int:
    if text.isdecimal() and len(text) < 4:
        return int(text)
    if text not in NUMBERS:
        raise BadLine(UNREAD)
    return NUMBERS[text]


def _hour(text: str) -> int:
    minutes = _minutes(text)
    if minutes % 60:
        raise BadLine("Write whole hours, like “from 8 to 18”.")
    return minutes // 60


def _minutes(text: str) -> int:
    """The time of a day in minutes: ``6``, ``06:00``, ``6:30 pm``, ``noon``."""
    text = {"noon": "12:00", "midnight": "0:00"}.get(text, text)
    match = re.fullmatch(r"(\d{1,2})(?::(\d\d))?(?: ?(am|pm))?", text)
    if not match:
        raise BadLine(f"“{text[:40]}” is no time of day. Write it like 06:00.")
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadLine(f"“{text[:40]}” is no time of day. Write it like 06:00.")
    return 60 * hour + minute


def in_words(line: str) -> str:
    """``every weekday at 06:00``; the library's English where we have no words for the line."""
    minute, hour, day, month, weekday = line.split()
    ours = _every(minute, hour, weekday) if day == "*" else None
    if ours is None and minute.isdecimal() and re.fullmatch(r"\d+(,\d+)*", hour):
        clocks = _and([f"{int(part):02}:{int(minute):02}" for part in hour.split(",")])
        if which := _which_days(day, weekday):
            ours = f"{which} at {clocks}"
    return explain(line) if month != "*" or ours is None else ours


def _every(minute: str, hour: str, weekday: str) -> str | None:
    days = _which_days("*", weekday)
    match = re.fullmatch(r"(?:\*|(\d+)-(\d+))(?:/(\d+))?", hour)
    often = re.fullmatch(r"\*/(\d+)", minute)
    if not days or days.startswith("the") or not (match or (often and hour.isdecimal())):
        return None
    begin, end, step = match.groups() if match else (hour, hour, None)
    if often and not step:
        words = f"every {often[1]} minutes"
        end = str(int(end) + 1) if end else end
    elif minute == "0":
        words = f"every {step} hours" if step else "every hour"
    else:
        return None
    between = f" from {begin} to {end}" if begin else ""
    on = "" if weekday == "*" else " on " + _plural(days.removeprefix("every "))
    return words + between + on


def _plural(days: str) -> str:
    return re.sub(r"(\w*day)\b", r"\1s", days)


def _which_days(day: str, weekday: str) -> str | None:
    if weekday == "*":
        if day == "*":
            return "every day"
        if day == "L":
            return "the last day of a month"
        if re.fullmatch(r"\d+(,\d+)*", day):
            return f"the {_and([_ordinal(int(part)) for part in day.split(',')])} of a month"
        return None
    if day != "*":
        return None
    if weekday == "1-5":
        return "every weekday"
    if match := re.fullmatch(r"([0-6])(?:L|#([1-4]))", weekday):
        return f"the {ORDINALS[int(match[2]) - 1] if match[2] else 'last'} {DAYS[int(match[1])]} of a month"
    if re.fullmatch(r"[0-6](,[0-6])*", weekday):
        return f"every {_and([DAYS[int(part)] for part in weekday.split(',')])}"
    return None


def _ordinal(number: int) -> str:
    ending = "th" if 11 <= number <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _and(parts: list[str]) -> str:
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)
