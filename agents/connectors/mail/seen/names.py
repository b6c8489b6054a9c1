"""Lists of names, as specifications write them."""


def names(words: str) -> frozenset[str]:
    return frozenset(words.split())
