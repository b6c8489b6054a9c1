"""What people on call hear of deployments: in the portal with figures and commits, outside without anybody's words."""

from portal.notices.kinds import Kind

KINDS = (
    Kind(
        "deploy.worse",
        "A deployment made a service worse, and I am on call",
        "Deployments",
        (
            "{version} made {service} in {environment} worse: {figures:list}. What came with it: {commits:own}.",
            "A deployment made {service} in {environment} worse: {figures:list}.",
        ),
        urgent=True,
    ),
    Kind(
        "deploy.failed",
        "A deployment did not go live, and I am on call",
        "Deployments",
        (
            "{version:own} of {service} did not go live in {environment}. What ran before still runs.",
            "A deployment of {service} did not go live in {environment}. What ran before still runs.",
        ),
    ),
)
