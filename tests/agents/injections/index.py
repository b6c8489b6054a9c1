"""All injections: thirty mails in the order of their files, each with what it makes a hijacked model do."""

from tests.agents.injections import around, hidden, open_orders
from tests.agents.injections.wishes import Injection

ALL: tuple[Injection, ...] = tuple(
    sorted((*open_orders.ALL, *hidden.ALL, *around.ALL), key=lambda one: one.file)
)
