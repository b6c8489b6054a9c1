"""Writes what was typed into the form of a page whose view shows no form again when a verb refuses. Pure."""

import re
from html import escape

FORM = re.compile(r"<form\b([^>]*)>.*?</form>", re.S)
ACTION = re.compile(r'\baction="([^"]*)"')
BESIDE = re.compile(r'<section class="card" id="typed">.*?</section>', re.S)  # the same, to be copied
VALUE = re.compile(r'\svalue="[^"]*"')


def filled(html: str, here: str, action: str, texts: dict[str, str], long: set[str]) -> str:
    """``here``: the path of the page; ``action``: that of the form. What of ``long`` finds no place stays beside."""
    left = dict(texts)

    def form(match: re.Match[str]) -> str:
        own = ACTION.search(match[1])
        if 'method="post"' not in match[1] or (own[1].partition("?")[0] if own else here) != action:
            return match[0]
        whole = match[0]
        for name, text in list(left.items()):
            written = _write(whole, name, text)
            if written != whole:
                whole = written
                del left[name]
        return whole

    page = FORM.sub(form, html)
    return page if long & set(left.values()) else BESIDE.sub("", page, count=1)


def _write(form: str, name: str, text: str) -> str:
    quoted, value = re.escape(escape(name)), escape(text)
    box = re.compile(rf'(<textarea\b[^>]*\bname="{quoted}"[^>]*>).*?(</textarea>)', re.S)
    if box.search(form):
        return box.sub(lambda found: f"{found[1]}\n{value}{found[2]}", form, count=1)
    line = re.compile(
        rf'<input\b(?=[^>]*\bname="{quoted}")(?![^>]*type="(?:hidden|checkbox|radio|password)")[^>]*>'
    )
    return line.sub(lambda found: f'{VALUE.sub("", found[0])[:-1]} value="{value}">', form, count=1)
