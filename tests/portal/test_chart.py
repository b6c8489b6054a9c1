"""Reading an org chart's file and planning what it would change: pure, so without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.org_chart.chart import Here, Kind, Someone, plan
from portal.org_chart.sheet import COLUMNS, MAX_ROWS, Row, Sheet, Unreadable, decoded, read

HEAD = "email,name,manager_email,team,team_role,cost_centre,roles,time_zone\n"
ADA = Someone("ada@x.example", "Ada Osei", roles=frozenset({"admin"}))
LEA = Someone("lea@x.example", "Lea Brandt", manager=ADA.email, teams={"support": "lead"})
GONE = Someone("gone@x.example", "Gone Away", active=False)
HERE = Here({one.email: one for one in (ADA, LEA, GONE)}, {"support": ("Support", "4100")})


def planned(lines: str, here: Here = HERE):
    return plan(read(HEAD + lines), here)


def why(lines: str) -> list[tuple[int, str]]:
    return [(bad.line, bad.why) for bad in planned(lines).bad]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_aliases_case_and_order_of_columns_do_not_matter(separator: str):
    lines = [
        "Full Name,E-Mail,Cost Center,Team,shoe size",
        "Mia Park, MIA@x.example ,4100,Support,38",
        ",,,,",
    ]
    sheet = read("\n\n" + "\r\n".join(line.replace(",", separator) for line in lines))
    assert sheet.rows == (Row(4, "mia@x.example", "Mia Park", team="Support", cost_centre="4100"),)
    assert sheet.notes == ("Columns that are not read: shoe_size.",)


@pytest.mark.parametrize(
    ("data", "text", "noted"),
    [
        ("name\nMüller".encode(), "name\nMüller", False),
        ("name\nMüller".encode("utf-8-sig"), "name\nMüller", False),
        ("name\nMüller".encode("cp1252"), "name\nMüller", True),
        ("name\nMüller".encode("utf-16"), "name\nMüller", False),
    ],
)
def test_the_encoding_is_found_and_a_guess_is_told(data: bytes, text: str, noted: bool):
    found, note = decoded(data)
    assert (found, bool(note)) == (text, noted)


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04...", b"\xd0\xcf\x11\xe0", b"\x81\x8d", b"a\0b", b"\xff\xfe\x00"]
)
def test_what_is_no_text_is_refused(data: bytes):
    with pytest.raises(Unreadable, match="Save it as CSV"):
        decoded(data)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column email and no column name"),
        ("email\na@x.example", "no column name"),
        ("email,name,e-mail\n", "column email is there twice"),
        ("email,name\n", "no rows"),
        ('email,name\na@x.example,"Ada', "From line 2 on"),
        ("email,name\n" + "x,y\n" * (MAX_ROWS + 1), "more than 5,000 rows"),
    ],
)
def test_a_file_that_is_no_chart_is_refused_with_the_reason(text: str, said: str):
    with pytest.raises(Unreadable, match=said):
        read(text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",No Mail", "The e-mail is missing"),
        ("no mail,X", "“no mail” is not an e-mail"),
        ("a@x.example,", "The name is missing"),
        ("a@x.example,A,ghost@x.example", "neither here nor in a row"),
        ("a@x.example,A,ghost", "manager “ghost” is not an e-mail"),
        ("a@x.example,A,a@x.example", "their own manager"),
        ("a@x.example,A,gone@x.example", "manager gone@x.example has left"),
        ("gone@x.example,Gone Away", "Gone Away has left"),
        ("a@x.example,A,,Support,boss", "“boss” is no role in a team"),
        ("a@x.example,A,,,lead", "but no team"),
        ("a@x.example,A,,,,4100", "but no team"),
        ("a@x.example,A,,,,,emperor", "“emperor” is no role"),
        ("a@x.example,A,,,,,,Mars/Base", "“Mars/Base” is no time zone"),
        (f"a@x.example,{'A' * 121}", "at most 120 characters"),
        ("a@x.example,A\x07", "that can be shown"),
        ("a@x.example,A,,,,,,,Oslo, Norway", "10 cells for 8 columns"),
    ],
)
def test_a_bad_row_is_left_out_with_its_line_and_reason(line: str, said: str):
    [(number, reason)] = why(f"lea@x.example,Lea Brandt\n{line}\n")
    assert number == 3
    assert said in reason


def test_an_email_twice_keeps_the_first_and_names_its_line():
    assert why("a@x.example,A\nA@X.example,B\n") == [(3, "Line 2 has this e-mail already.")]


def test_a_ring_is_named_and_takes_only_its_own_rows_out():
    result = planned("a@x.example,A,b@x.example\nb@x.example,B,a@x.example\nc@x.example,C,lea@x.example\n")
    assert [bad.line for bad in result.bad] == [2, 3]
    assert "ring: a@x.example → b@x.example → a@x.example" in result.bad[0].why
    assert [change.subject for change in result.changes] == ["c@x.example"]


def test_a_move_that_closes_a_ring_with_who_is_here_is_left_out():
    assert "ring" in why("ada@x.example,Ada Osei,lea@x.example\n")[0][1]


def test_two_moves_that_only_together_are_no_ring_go_together():
    assert (
        why("ada@x.example,Ada Osei,lea@x.example\nlea@x.example,Lea Brandt,new@x.example\nnew@x.example,N\n")
        == []
    )


def test_a_row_whose_manager_is_left_out_is_left_out_too():
    lines = "a@x.example,A,b@x.example\nb@x.example,B,ghost@x.example\n"
    assert [number for number, _ in why(lines)] == [2, 3]


def test_one_team_has_one_cost_centre():
    lines = "a@x.example,A,,New,,1\nb@x.example,B,,NEW,,2\nc@x.example,C,,new\n"
    assert why(lines) == [(3, "Line 2 gives NEW the cost centre 1.")]


def test_every_kind_of_change_is_planned_in_the_order_it_is_made():
    result = planned(
        "ada@x.example,Ada Osei-Mensah\n"
        "lea@x.example,Lea Brandt,,Support,member,4150\n"
        "new@x.example,New One,lea@x.example,Freight,lead,4300,finance auditor,Europe/Oslo\n"
        "lea2@x.example,Lea Two,new@x.example,,,,,\n"
    )
    assert [(change.kind, change.says) for change in result.changes] == [
        (Kind.TEAM, "The team Freight with the cost centre 4300"),
        (Kind.COST_CENTRE, "4100 → 4150"),
        (Kind.INVITE, "new@x.example, reports to lea@x.example"),
        (Kind.INVITE, "lea2@x.example, reports to new@x.example"),
        (Kind.NAME, "Ada Osei → Ada Osei-Mensah"),
        (Kind.JOIN, "joins Freight as lead"),
        (Kind.TEAM_ROLE, "lead → member in Support"),
        (Kind.ROLES, "gets the role auditor and the role finance"),
    ]


def test_nothing_is_taken_away_and_what_is_so_already_is_no_change():
    result = planned("lea@x.example,Lea Brandt\nada@x.example,Ada Osei,,,,,admin\n")
    assert (result.changes, result.unchanged) == ((), 2)


def test_the_digest_is_that_of_what_is_done():
    one = planned("a@x.example,A\n")
    assert one.digest != planned("a@x.example,B\n").digest
    assert one.digest != planned("a@x.example,A,,,,,,Asia/Seoul\n").digest
    assert one.digest == planned("a@x.example,A\nno mail,X\n").digest


@given(st.text(alphabet='ab@.,;"\n\r\t|é\x00 ', max_size=200))
def test_no_text_breaks_the_reader(text: str):
    try:
        sheet = read(HEAD + text)
    except Unreadable:
        return
    plan(sheet, HERE)


emails = st.sampled_from([f"{letter}@x.example" for letter in "abcdef"] + [ADA.email, LEA.email])


@given(st.lists(st.tuples(emails, emails), unique_by=lambda pair: pair[0], max_size=8))
def test_what_is_planned_never_closes_a_ring(pairs: list[tuple[str, str]]):
    rows = tuple(
        Row(n, email, email, manager) for n, (email, manager) in enumerate(pairs, 2) if email != manager
    )
    result = plan(Sheet(rows), HERE)
    line = {email: one.manager for email, one in HERE.people.items()}
    line |= {row.email: row.manager for row in result.rows.values()}
    assert len(result.rows) + len(result.bad) == len(rows)
    for email in line:
        steps = 0
        while email := line.get(email, ""):
            steps += 1
            assert steps <= len(line)


def test_every_column_the_page_names_is_read():
    assert [column for column in COLUMNS if column not in HEAD.strip().split(",")] == []
