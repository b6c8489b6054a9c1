"""How useful the offline model's triage is: ``python -m tests.bench.triage PATH_TO_MAIL`` with folders ham and spam.

The truth is rough: the folder that a mail lies in. Beside it the project's own support mails, whose labels and drafts
are known. ``--half`` counts every second mail alone. ``--drafts`` and ``--wrong`` list what a person should look at.
"""

import argparse
import os
from collections import Counter
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from agents.connectors.mail.sorting import LABELS, SPAM, sort
    from agents.connectors.mail.tests.support_mails import as_read, drafted, right, support_mails

    asked = _arguments()
    piles: dict[str, Counter[str]] = {"ham": Counter(), "spam": Counter()}
    drafts: dict[str, list[str]] = {"ham": [], "spam": []}
    wrong: list[str] = []
    for truth in piles:
        files = sorted(file for file in (asked.folder / truth).rglob("*") if file.is_file())
        for file in files[1::2] if asked.half else files:
            mail = as_read(file.read_bytes())
            found = sort(mail)
            piles[truth][found.label] += 1
            if (found.label == SPAM) != (truth == "spam"):
                wrong.append(f"{truth}/{file.name}: {found.label}. {found.reason}")
            if found.waits:
                drafts[truth].append(f"{truth}/{file.name}: {mail['subject']}: {found.waits.first[:100]}")
    own = support_mails()
    written = [one for one in own if drafted(one)]
    ham, spam = (sum(piles[truth].values()) for truth in ("ham", "spam"))
    print(f"spam labelled as such: {piles['spam'][SPAM]} of {spam} ({piles['spam'][SPAM] / spam:.1%})")
    print(f"ham called spam: {piles['ham'][SPAM]} of {ham} ({piles['ham'][SPAM] / ham:.1%})")
    for truth, pile in piles.items():
        print(f"{truth}: {', '.join(f'{pile[label]} {label}' for label in LABELS if pile[label])}")
    print(f"drafts to them: {len(drafts['ham'])} to ham, {len(drafts['spam'])} to spam")
    print(f"own support mails labelled right: {sum(map(right, own))} of {len(own)}")
    print(f"of their {len(written)} drafts, wanted: {sum(one.waits for one in written)}")
    if asked.drafts:
        print(*drafts["ham"], *drafts["spam"], sep="\n")
    if asked.wrong:
        print(*wrong, sep="\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="holds ham and spam, one mail a file")
    parser.add_argument("--half", action="store_true", help="every second mail alone")
    parser.add_argument(
        "--drafts", action="store_true", help="list the mails for which an answer would be drafted"
    )
    parser.add_argument(
        "--wrong", action="store_true", help="list the mails that are called spam or not, and are the other"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
