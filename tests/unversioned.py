"""Forms to type into that change a row and do not say what they were drawn from, and why that loses nothing."""

ONCE = "answers or ends something that can be answered or ended once: the second is told"
STOPS = "stops something: twice stopped is stopped"
OWN = "one's own choice in words of its own, of which nothing older stands in the form"
NEW = "makes something, and changes nothing that was there before"

NO_VERSION = {
    "connections:add": NEW,
    **dict.fromkeys(["approvals:answer", "approvals:unclear-answer", "approvals:proposal"], ONCE),
    **dict.fromkeys(
        [
            "rights:decide_correction",
            "rights:decide_objection",
            "people:acknowledgement",
            "people:deactivation",
        ],
        ONCE,
    ),
    **dict.fromkeys(
        [
            "schedules:late",
            "grants:end-of",
            "grants:end-on",
            "grants:revocation",
            "queue:cancel",
            "invitation",
            "people:invitations",
        ],
        ONCE,
    ),
    **dict.fromkeys(["connections:stop", "registry:stop", "stops:capability", "stops:everything"], STOPS),
    **dict.fromkeys(["people:password", "openings:new", "outcomes:request", "queue:shares"], OWN),
}
