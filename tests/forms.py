"""Every POST form that anybody of the cast is shown, filled in and sent as by a browser: for tests that walk them."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, SoupStrainer, Tag
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from portal.people.models import Person
from portal.submissions.marks import VERSION
from tests.cast import PASSWORD, as_
from tests.doors import DOORS
from tests.world import World

CHART = "email,name\nnew.person@example.com,New Person\n"
Sent = dict[str, list[str]]


@dataclass(frozen=True)
class Form:
    """``name`` is that of the address it is sent to; ``page`` the address of the page it is on."""

    name: str
    names: frozenset[str]
    page: str
    action: str
    person: Person
    tag: Tag

    @property
    def key(self) -> tuple[str, frozenset[str]]:
        return self.name, self.names

    def drawn(self) -> Sent:
        """What a browser sends where nobody touches anything; the first button is pressed."""
        sent: Sent = {}
        for field in self.tag.select("input[name], textarea[name], select[name]"):
            kind, name = field.get("type", field.name), field["name"]
            if kind in {"checkbox", "radio"} and not field.has_attr("checked"):
                continue
            if kind == "file" or field.has_attr("disabled"):
                continue
            if field.name == "select":
                options = field.select("option[selected]") or field.select("option")[:1]
                sent.setdefault(name, []).extend(option.get("value", "") for option in options)
            else:
                unsaid = "on" if kind in {"checkbox", "radio"} else ""
                text = (
                    field.text.removeprefix("\n") if field.name == "textarea" else field.get("value", unsaid)
                )
                sent.setdefault(name, []).append(text)
        button = self.tag.select_one("button[name]")
        return sent | ({button["name"]: [button.get("value", "")]} if button else {})

    def shown(self) -> Sent:
        """The same without what is hidden."""
        hidden = {field["name"] for field in self.tag.select("input[type=hidden][name]")}
        return {name: values for name, values in self.drawn().items() if name not in hidden}

    def typed(self, who: str, words: str) -> Iterator[Sent]:
        """Filled in, then with one field changed at a time: some fields take no other value.

        Soon comes what most forms take, for some are long and slow: only what was there changed, and where nothing is
        edited, what was there sent again.
        """
        begun = self.drawn()
        needed = {name: value for name, value in self._filled(who, words) if not any(begun.get(name, [""]))}
        changed = dict(self._changed(who, words))
        yield begun | needed | changed
        yield begun | changed
        if VERSION not in self.names:
            yield begun | needed
        for name, value in changed.items():
            yield begun | needed | {name: value}
        if VERSION in self.names:
            yield begun | needed
        for name in needed:
            yield {key: value for key, value in (begun | needed).items() if key != name}
        for name, value in needed.items():
            yield begun | {name: value}
        for name, value in self._choices():
            yield begun | needed | {name: [value]}

    def _filled(self, who: str, words: str) -> Iterator[tuple[str, list[str]]]:
        """Something for each field that is empty and cannot stay so."""
        soon = timezone.localdate() + timedelta(days=3)
        typical = {"number": "5", "date": soon.isoformat(), "datetime-local": f"{soon}T10:00"}
        typical |= {
            "email": f"{words.lower().replace(' ', '.')}@example.com",
            "password": f"{words} and long enough",
        }
        for field in self.tag.select("input[name], textarea[name], select[name]"):
            kind, name = field.get("type", "text" if field.name == "input" else field.name), field["name"]
            if kind in {"hidden", "file", "checkbox"}:
                continue
            if kind == "select":
                values = [option.get("value", "") for option in field.select("option")]
                yield name, [next((value for value in reversed(values) if value), "")]
            elif kind == "radio":
                yield name, [field["value"]]
            else:
                yield name, [self._text(field, kind, typical, who, f"{words} {name}")]
        boxes = self.tag.select("input[type=checkbox][name]")
        if boxes and not any(box.has_attr("checked") for box in boxes):
            yield boxes[0]["name"], [boxes[0].get("value", "on")]

    def _choices(self) -> Iterator[tuple[str, str]]:
        """What a list offers: another choice may want other fields."""
        for choice in self.tag.select("select[name]"):
            for option in choice.select("option[value]")[:12]:
                yield choice["name"], option["value"]

    def _text(self, field: Tag, kind: str, typical: dict[str, str], who: str, words: str) -> str:
        if field.get("list"):
            return who
        if field.get("autocomplete") == "current-password":
            return PASSWORD
        return typical.get(kind, "EUR" if field.get("maxlength") == "3" else words)

    def _changed(self, who: str, words: str) -> Iterator[tuple[str, list[str]]]:
        """Something else for each field in which something stands."""
        for field in self.tag.select("input[name], textarea[name]"):
            kind = field.get("type", "text" if field.name == "input" else "textarea")
            if field.get("list"):
                yield field["name"], [who]
            elif kind in {"text", "textarea"} and not field["name"].startswith("settings"):
                yield field["name"], [f"{words} {field['name']}"]
            elif kind == "email":
                yield field["name"], [f"{words.lower().replace(' ', '.')}@example.com"]
        boxes = self.tag.select("input[type=checkbox][name]")
        for name in {box["name"] for box in boxes}:
            every = [box.get("value", "on") for box in boxes if box["name"] == name]
            yield name, [every[len(words) % len(every)]]
        for name in {field["name"] for field in self.tag.select("input[type=radio][name]")}:
            every = [field["value"] for field in self.tag.select(f"input[type=radio][name={name}]")]
            yield name, [every[len(words) % len(every)]]


def parsed(html: str) -> BeautifulSoup:
    """Its forms and links, and nothing around them."""
    return BeautifulSoup(html, "html.parser", parse_only=SoupStrainer(["form", "a"]))


def on_page(html: str | BeautifulSoup, page: str, person: Person) -> list[Form]:
    found = []
    for tag in (parsed(html) if isinstance(html, str) else html).select("form[method=post i]"):
        action = urljoin(page, tag.get("action") or page)
        names = frozenset(field["name"] for field in tag.select("input[name], textarea[name], select[name]"))
        name = resolve(urlsplit(action).path).view_name
        found.append(Form(name, names, page, action, person, tag))
    return found


def every_form(world: World) -> list[Form]:
    """One of each kind, in whosever hands it is first found; also on pages that a link or a choice leads to."""
    found: dict[tuple[str, frozenset[str]], Form] = {}
    for person in world.cast.everyone().values():
        client, been = as_(person), set()
        doors = [(name, target) for name, (method, target, _) in DOORS.items() if method == "GET"]
        waiting = [reverse(name, args=world.arguments(target)) for name, target in doors]
        for url in waiting:  # grows on the way
            answer = client.get(url)
            if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
                continue
            seen = parsed(answer.content.decode())
            for form in on_page(seen, url, person):
                found.setdefault(form.key, form)
            for kind, onward in variants(seen, url):
                if kind not in been:
                    been.add(kind)
                    waiting.append(onward)
    return list(found.values())


def variants(soup: BeautifulSoup, page: str) -> Iterator[tuple[tuple[str, str], str]]:
    """Addresses with a query that links and GET forms of a page lead to, each with what makes it another kind."""
    onward = [urljoin(page, link["href"]) for link in soup.select("a[href*='?']")]
    for form in soup.select("form:not([method=post i])"):
        for choice in form.select("select[name]"):
            values = [one["value"] for one in choice.select("option[value]") if one["value"]]
            onward += [
                urljoin(page, form.get("action") or urlsplit(page).path)
                + "?"
                + urlencode({choice["name"]: value})
                for value in values[:1]
            ]
    for url in onward:
        parts = urlsplit(url)
        if not parts.netloc and parts.query:
            with suppress(Resolver404):
                yield (resolve(parts.path).view_name, " ".join(sorted(parse_qs(parts.query)))), url


class undone:
    def __enter__(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(*error)


def post(client: Client, form: Form, sent: Sent):
    files = {one["name"]: ContentFile(CHART, "chart.csv") for one in form.tag.select("input[type=file]")}
    return client.post(form.action, {**sent, **files})


def same_form(form: Form) -> Form | None:
    html = as_(form.person).get(form.page).content.decode()
    return next((one for one in on_page(html, form.page, form.person) if one.key == form.key), None)
