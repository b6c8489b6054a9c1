"""What watching adds: one that measures, and one that takes a bad deployment back where a grant allows that."""

from agents.connectors.deploy.capabilities import FROM_OUTSIDE, SERVICE, TO, WHERE
from agents.policy.declarations import Argument, Capability, Effect, Role, Type

WATCH = Capability(
    name="deploy.watch",
    title="watch a service through a deployment",
    says="Watch {service} in {environment} through its next deployment",
    effect=Effect.READ,
    arguments=(
        SERVICE,
        WHERE,
        Argument(
            "last",
            Role.VALUE,
            "Nothing is left to do after it",
            Type.FLAG,
            required=False,
            description="true where its outcome is all the report that is wanted: then you are not asked again.",
        ),
    ),
    output=FROM_OUTSIDE,
    description=(
        "Measure a service before, during and after the deployment that is under way or comes next, for days. "
        "Returns when it is clear how it went. The people on call are told, and a roll-back is proposed, by rules."
    ),
)
RESTORE = Capability(
    name="deploy.restore",
    title="take a deployment back that just made it worse",
    says="Put what ran before back into {environment} of {service}",
    effect=Effect.IRREVERSIBLE,
    arguments=(
        SERVICE,
        TO,
        Argument(
            "minutes",
            Role.VALUE,
            "Minutes after a deployment",
            Type.INTEGER,
            required=False,
            description="It is refused later than this after the deployment ended. 30 if empty.",
            bound=True,
        ),
    ),
    output=FROM_OUTSIDE,
    description=(
        "Go back from the latest deployment to the version that ran before it, once and within minutes. "
        "A migration of a database is not taken back by it."
    ),
    max_days=30,
    second_person="always",
)
ALL = (WATCH, RESTORE)
