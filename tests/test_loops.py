"""No loop without an end: each ``while`` says here why it ends, and no recursive query can run in a circle."""

import ast
import re
from collections.abc import Iterator

from tests.test_architecture import MODULES, name_of

PASSES_ONCE = "each round takes something away that no round puts back"
DEADLINE = "each round looks at the clock"
READS_ON = "each round reads on in something that has an end"
COUNTED = "so many rounds at most"
SERVES = "runs as long as the process, and waits in each round"

# Where a while stands, and why it ends.
ENDS = {
    "agents.connectors.mail.servers.idling._listen": SERVES,
    "agents.connectors.mail.keywords._server_lock": DEADLINE,
    "agents.connectors.mail.maildir.Maildir.locked": DEADLINE,
    "agents.connectors.mail.listing.cut": PASSES_ONCE,
    "agents.connectors.mail.seen.matching.Matcher._alone": PASSES_ONCE,
    "agents.connectors.mail.seen.matching.Matcher.chains": PASSES_ONCE,
    "agents.connectors.mail.seen.page._Reading.walk": READS_ON,
    "agents.connectors.mail.seen.page._sheets": READS_ON,
    "agents.connectors.mail.seen.selectors._flattened": READS_ON,
    "agents.connectors.deploy.releases.commands._follow": DEADLINE,
    "agents.connectors.deploy.releases.git._bounded": DEADLINE,
    "agents.connectors.deploy.releases.records._locked": DEADLINE,
    "agents.connectors.deploy.releases.trees.digest": READS_ON,
    "agents.connectors.mail.servers.kept.newest": PASSES_ONCE,
    "agents.connectors.slack.arriving.socket_mode._hear": SERVES,
    "agents.connectors.slack.arriving.socket_mode.listen": SERVES,
    "agents.connectors.slack.reading.search_channel": "a page without messages ends it, and so many messages at most",
    "agents.connectors.slack.remembered.Remembered.keep": PASSES_ONCE,
    "agents.gate.provenance_cache.provenance_of": PASSES_ONCE,
    "agents.hearing.ear.Ear.run": SERVES,
    "agents.hearing.looks.Looks._next": SERVES,
    "agents.hearing.looks.Looks._work": SERVES,
    "agents.hearing.process.Process.run": SERVES,
    "agents.policy.language.tokens.is_token": READS_ON,
    "agents.policy.places.named_above": PASSES_ONCE,
    "agents.queue.retention.forget_figures": COUNTED,
    "agents.queue.retention.forget_texts": COUNTED,
    "agents.runtime.beside.Beside._follow": SERVES,
    "agents.runtime.beside.Beside.run": SERVES,
    "agents.runtime.listening.Listener.run": SERVES,
    "agents.runtime.waiting.Waiter._look": SERVES,
    "agents.runtime.waiting.Waiter._said": "a task has a time limit, which each round looks at",
    "agents.runtime.waiting.Waiter._show": SERVES,
    "agents.runtime.waiting.Waiter._take": "there is room for so many",
    "agents.runtime.waiting.Waiter.run": SERVES,
    "agents.runtime.asking._answer": "a task has a time limit, which each round looks at",
    "agents.runtime.listening.Ear.answered": "the model's answer has a time limit",
    "agents.runtime.loop._work": "a task has a limit of steps",
    "agents.planning.asked._asks": PASSES_ONCE,
    "agents.sample.demo._wait": DEADLINE,
    "agents.schedules.times.moments": "clocks skip a day at most",
    "metering.budgets.reserving.reserve": "each round after the first needs a raise that ended meanwhile",
    "metering.outcomes.reciprocity._reached": "nobody is put on the list twice",
    "metering.publishing.suppression.publishable.choose": PASSES_ONCE,
    "metering.publishing.suppression.slices": PASSES_ONCE,
    "metering.rights.export.streamed": READS_ON,
    "metering.usage.actions.correct_all": READS_ON,
    "metering.usage.actions.price_again": READS_ON,
    "metering.usage.ledger.record_many": READS_ON,
    "portal.audit.seals.seal": "each round seals what was written before it, until nothing is new",
    "portal.backup._add": "each round after the first needs a file that went away meanwhile, and takes no name twice",
    "portal.embedded.postgres.Postgres._launch": DEADLINE,
    "portal.embedded.postgres.Postgres._ready": DEADLINE,
    "portal.embedded.postgres.Postgres.start": DEADLINE,
    "portal.notices.delivering._by": DEADLINE,
    "portal.notices.retention.forget": COUNTED,
    "portal.notices.settling._settle_gone": COUNTED,
    "portal.outgoing.deadlines.Deadlines._watch": SERVES,
    "portal.org_chart.chart._possible": PASSES_ONCE,
    "portal.org_chart.chart._with_followers": "no row is put on the list twice",
    "portal.health.models.count": "each round counts what was sealed before it, until nothing is new",
    "portal.locking.locked": DEADLINE,
    "portal.people.rings.closed": "nobody is passed twice",
    "portal.org_chart.sheet._records": READS_ON,
    "portal.sessions.alive": READS_ON,
    "portal.sessions.back": DEADLINE,
    "portal.submissions.middleware._above": PASSES_ONCE,
    "portal.up.child._follow": SERVES,
    "portal.up.children.Children.stop": DEADLINE,
    "portal.up.people._asked": "somebody at a terminal answers each round",
    "portal.up.run._begin": DEADLINE,
    "portal.up.run._serve": SERVES,
    "portal.way._watch": "ends with the verb that it keeps the way free for",
}


def whiles(node: ast.AST, name: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        here = f"{name}.{child.name}" if named else name
        if isinstance(child, ast.While):
            yield here
        yield from whiles(child, here)


def test_every_while_says_why_it_ends():
    found = {name for path in MODULES for name in whiles(ast.parse(path.read_text()), name_of(path))}
    assert sorted(found - set(ENDS)) == [], "say why it ends, or give it a bound"
    assert sorted(set(ENDS) - found) == [], "no longer there"


def test_no_recursive_query_is_without_an_end():
    unbounded = []
    for path in MODULES:
        source = path.read_text()
        for match in re.finditer(r"WITH RECURSIVE.*?(\"\"\"|$)", source, re.DOTALL):
            if "UNION ALL" in match[0] and "CYCLE " not in match[0]:
                unbounded.append(name_of(path))
        assert not re.search(r"\.manager\.manager\b|above\.manager\b", source), "walk with portal.people.line"
    assert unbounded == []
