"""What styles say of an element, each property once, with what is inherited or left out."""

from collections.abc import Mapping
from typing import Any

from agents.connectors.mail.seen.lengths import Length
from agents.connectors.mail.seen.values import WIDE


class Said:
    def __init__(self, styles: Mapping[str, Any]) -> None:
        self.styles = styles

    def word(self, name: str) -> str:
        value = self.styles.get(name)
        return value if isinstance(value, str) and value not in WIDE else ""

    def flag(self, name: str, otherwise: bool = False) -> bool:
        value = self.styles.get(name)
        return value if isinstance(value, bool) else otherwise

    def number(self, name: str) -> float:
        value = self.styles.get(name)
        return value if isinstance(value, float) else 1.0

    def length(self, name: str) -> Length | None:
        value = self.styles.get(name)
        return value if isinstance(value, Length) else None

    def pixels(self, name: str, size: float, inherited: float) -> float:
        if self.styles.get(name) in {"initial", None} and name in self.styles:
            return 0.0
        found = self.length(name)
        return found.pixels(size) if found else inherited

    def size(self, inherited: float, hinted: float) -> float:
        value = self.styles.get("font-size", hinted)
        if isinstance(value, Length):
            return value.number * inherited if value.unit == "em" else value.pixels(inherited)
        return 16.0 if value == "initial" else hinted if isinstance(value, float) else inherited

    def line(self, size: float, inherited: float | None) -> float | None:
        if "line-height" not in self.styles:
            return inherited
        found = self.length("line-height")
        return found.pixels(size) if found else None
