"""A run that goes on after its call: what its task waits for, how it ended, and what follows from a bad end."""

from collections.abc import Mapping

from agents.connectors.deploy import answers
from agents.connectors.deployments import Kind, Run, RunState
from agents.connectors.results import Awaited, Ended, Proposed, Result

LONGEST = 30.0  # seconds between two looks
WITHIN = 4 * 3_600.0  # seconds after which it is not waited for any more
BAD = (RunState.FAILED, RunState.LOST)


def about(run: Run) -> str:
    """The name under which a back end tells of a run."""
    return f"{run.service}/{run.environment}/{run.id}"


def awaited(run: Run) -> Awaited:
    says = f"the end of run {run.id}: {run.version.name} of {run.service} to {run.environment}"
    return Awaited(says, about=about(run), longest=LONGEST, within=WITHIN)


def seen(run: Run, counts: Mapping[str, int]) -> Awaited | Ended:
    if not run.over:
        return awaited(run)
    told = {"service": run.service, "environment": run.environment, **answers.of_run(run)}
    words = in_words(run)
    done = counts if run.state is RunState.SUCCEEDED else {}
    return Ended(Result(told, words, done), words=words, proposes=tuple(back(run)))


def in_words(run: Run) -> str:
    name = f"{run.version.name} of {run.service}"
    runs = run.after.name if run.after else "nothing"
    match run.state:
        case RunState.SUCCEEDED:
            return f"{name} runs in {run.environment} (run {run.id})."
        case RunState.CANCELLED:
            return f"Run {run.id} was cancelled. {run.environment} runs {runs}."
    return f"{name} did not go well in {run.environment} (run {run.id}). {run.why} It runs {runs}."


def back(run: Run) -> list[Proposed]:
    """Where a bad release runs: the ask to go back to the one before, filled in. Somebody says yes, or nobody does."""
    bad = run.state in BAD and run.after == run.version and run.kind is not Kind.ROLLBACK
    if not bad or run.before is None:
        return []
    told = {"service": run.service, "environment": run.environment}
    told |= {"version": run.before.name, "commit": run.before.commit, "replaces": run.version.commit}
    return [Proposed("deploy.rollback", told)]
