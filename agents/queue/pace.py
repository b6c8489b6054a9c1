"""How often something is looked at that may take long: soon at first, then ever less often. Pure."""

FIRST = 5.0  # seconds until the first look
GROWTH = 1.5
SHORTEST = 1.0


def grown(pause: float, longest: float) -> float:
    """Seconds until the next look, after one that came ``pause`` seconds after the look before; 0: there was none."""
    return max(SHORTEST, min(pause * GROWTH if pause else FIRST, longest))
