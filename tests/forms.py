"""Every POST form that anybody of the cast is shown, filled in and sent as by a browser: for tests that walk them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.urls import resolve, reverse
from django.utils import timezone

from portal.people.models import Person
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
                text = field.text.removeprefix("\n") if field.name == "textarea" else field.get("value", "")
                sent.setdefault(name, []).append(text)
        button = self.tag.select_one("button[name]")
        return sent | ({button["name"]: [button.get("value", "")]} if button else {})

    def shown(self) -> Sent:
        """The same without what is hidden."""
        hidden = {field["name"] for field in self.tag.select("input[type=hidden][name]")}
        return {name: values for name, values in self.drawn().items() if name not in hidden}

    def typed(self, who: str, words: str) -> Iterator[Sent]:
        """Filled in, then with one field changed at a time: some fields take no other value."""
        begun = self.drawn()
        needed = {name: value for name, value in self._filled(who, words) if not any(begun.get(name, [""]))}
        changed = dict(self._changed(who, words))
        yield begun | needed | changed
        yield begun | needed
        for name, value in changed.items():
            yield begun | needed | {name: value}
        for name in needed:
            yield {key: value for key, value in (begun | needed).items() if key != name}

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


def on_page(html: str, page: str, person: Person) -> list[Form]:
    found = []
    for tag in BeautifulSoup(html, "html.parser").select("form[method=post i]"):
        action = urljoin(page, tag.get("action") or page)
        names = frozenset(field["name"] for field in tag.select("input[name], textarea[name], select[name]"))
        name = resolve(urlsplit(action).path).view_name
        found.append(Form(name, names, page, action, person, tag))
    return found


def every_form(world: World) -> list[Form]:
    """One of each kind, in whosever hands it is first found."""
    found: dict[tuple[str, frozenset[str]], Form] = {}
    for person in world.cast.everyone().values():
        client = as_(person)
        for name, (method, target, _) in DOORS.items():
            url = reverse(name, args=world.arguments(target))
            answer = client.get(url) if method == "GET" else None
            if answer is not None and answer.status_code == 200 and "text/html" in answer["Content-Type"]:
                for form in on_page(answer.content.decode(), url, person):
                    found.setdefault(form.key, form)
    return list(found.values())
