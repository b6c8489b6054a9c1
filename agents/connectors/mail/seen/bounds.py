"""How much of a page is looked at. Whatever was sent, reading it takes a few seconds and a few dozen megabytes."""

LONGEST = 300_000  # characters of HTML, without embedded pictures
LONGEST_HIDDEN = 10_000  # characters of hidden text that are kept
LONGEST_STYLES = 150_000  # characters of style sheets
MOST_ELEMENTS = 30_000  # that are looked at
MOST_CLONES = 20_000  # elements that the reader adds where formatting was left open
MOST_COMPOUNDS = 4_000  # parts of selectors
LONGEST_ATTRIBUTE = 2_000  # characters of it that styles are compared with
LONGEST_SELECTOR = 200  # tokens
MOST_STEPS = 300_000  # of comparing elements with what selectors ask of them


class Budget:
    """Steps that are left. Once they are spent, what costs more is left out, and ``short`` says so."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left = steps
        self.short = False

    def spend(self, steps: int = 1) -> bool:
        """Is there enough left?"""
        if steps > self.left:
            self.short = True
            return False
        self.left -= steps
        return True
