"""A person's whole way in and out: a file with every kind of row is checked, confirmed, mended and uploaded again; one of its people joins through
the link in the mail, is a member, is removed, and comes back."""

import csv
import io
import re

from pages import ORGANIZATION

import checks

HEADER = ["Full Name", "Email", "External ID"]
SEND = re.compile(r"^Invite \d+ ")
NEWCOMER = "nadia.newcomer@inout.example"


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def file_of(rows, header=HEADER):
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([header, *rows])
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode("utf-8")}


def somebody(tab, address):
    """Name, email and External ID of somebody in a list's export who has all three."""
    rows = rows_of(tab.request.get(address).text())
    return next(row for row in rows if row["Name"].isascii() and row["Name"].replace(" ", "").isalpha())


def remove(tab, members, email):
    tab.goto(f"{members}?q={email}")
    tab.locator("tbody input[type=checkbox]").first.check()
    tab.get_by_role("button", name="Remove", exact=True).click()
    assert tab.get_by_role("heading", level=1).inner_text() == "Remove 1 member?"
    tab.get_by_role("button", name="Remove 1 member").click()


def upload(tab, places, file):
    tab.goto("/o/{organization}/invitations/bulk".format(**places))
    tab.get_by_role("link", name=re.compile("Data Academy")).first.click()
    # A program with one contract leaves nothing to choose.
    if tab.get_by_label("CSV file").count() == 0:
        tab.locator("tbody th a").first.click()
    tab.get_by_label("CSV file").set_input_files(file)
    tab.get_by_role("button", name="Check the file").click()
    # The page sends the file by itself and goes on when the answer is there.
    tab.wait_for_url(re.compile(r"/invitations/bulk/\d+"))


def outcomes(tab):
    """How often each word for an outcome stands in the list of rows."""
    words = [word.strip() for word in tab.locator("tbody .badge").all_inner_texts()]
    return {word: words.count(word) for word in words}


def test_from_a_file_through_a_mail_into_the_program_out_and_back(window, checker, places):
    places = {**places, "program": "data-academy"}
    program = "/o/{organization}/programs/{program}".format(**places)
    members, invitations = program + "/members", program + "/invitations"
    tab = window(ORGANIZATION).new_page()
    member = somebody(tab, members + ".csv")
    removed = [row for row in rows_of(tab.request.get(members + ".csv").text()) if row["Email"] != member["Email"]][-1]
    invited = somebody(tab, invitations + ".csv?state=open")
    remove(tab, members, removed["Email"])

    people = [
        ["Nadia Newcomer", NEWCOMER, "people-1"],
        ["Again Nadia", NEWCOMER.upper(), ""],
        ["Olli Other", "olli.other@inout.example", ""],
        [member["Name"], member["Email"], ""],
        [invited["Name"], invited["Email"], ""],
        [removed["Name"], removed["Email"], ""],
        ["No Mail", "", ""],
        ["Two Signs", "two@@inout.example", ""],
    ]
    upload(tab, places, file_of(people))
    assert "/invitations/bulk/" in tab.url
    found = outcomes(tab)
    assert found.get("Needs mending") == 3 and found.get("Invite again") == 1 and found.get("Already a member") == 1 and found.get("Already invited") == 1, found
    assert sum(found.values()) == len(people), found
    with tab.expect_download() as waiting:
        tab.get_by_role("link", name=re.compile("rejected", re.IGNORECASE)).first.click()
    with open(waiting.value.path(), encoding="utf-8-sig", newline="") as file:
        rejected = list(csv.DictReader(file))
    assert len(rejected) == 3 and all(row["Reason"] for row in rejected), rejected

    # The draft outlives the session, and confirming it twice invites once.
    draft = tab.url
    other = window(ORGANIZATION).new_page()
    other.goto(draft)
    for page in (tab, other):
        page.get_by_role("button", name=SEND).click()
    tab.goto(draft)
    assert tab.get_by_role("button", name=SEND).count() == 0

    mended = [["Nadia Newcomer", NEWCOMER, "people-1"], ["Now Mailed", "now.mailed@inout.example", ""], ["One Sign", "one@inout.example", ""]]
    mended = [[*row, rejected[0]["Line"], rejected[0]["Reason"]] for row in mended]
    upload(tab, places, file_of(mended, [*HEADER, "Line", "Reason"]))
    found = outcomes(tab)
    assert found == {"Already invited": 1, "Invite": 2}, found
    tab.get_by_role("button", name=SEND).click()
    tab.goto(f"{invitations}?q=inout.example")
    assert tab.locator("tbody tr").count() == 4

    tab.goto("/o/{organization}/outbox?q=".format(**places) + NEWCOMER)
    assert tab.locator("tbody tr").count() == 1
    tab.locator("tbody th a").first.click()
    link = re.search(r"http://\S+/join/\S+", tab.locator(".mail-text").inner_text()).group()

    newcomer = window().new_page()
    answer = newcomer.goto(link)
    assert checker.errors(answer.text()) == [] and checks.violations(newcomer) == [] and checks.sideways(newcomer, 320) == ""
    assert NEWCOMER in newcomer.locator("main").inner_text()
    newcomer.get_by_label("Choose a password").fill("sieben blaue reiher")
    newcomer.get_by_label("The same password again").fill("sieben blaue reiher")
    newcomer.get_by_role("button", name="Set password and join").click()
    assert newcomer.url.endswith(f"/programs/{places['organization']}/data-academy")
    assert checks.violations(newcomer) == [] and checks.sideways(newcomer, 320) == ""
    assert "Nadia Newcomer, you joined on" in newcomer.locator("main").inner_text()

    remove(tab, members, NEWCOMER)
    assert "1 member was removed" in tab.locator("main").inner_text()
    tab.goto(f"{members}?q={NEWCOMER}")
    assert tab.locator("tbody tr").count() == 0
    newcomer.reload()
    assert "You were removed from this program" in newcomer.locator("main").inner_text()
    tab.get_by_role("button", name="Undo").first.click()
    tab.goto(f"{members}?q={NEWCOMER}")
    assert tab.locator("tbody tr").count() == 1
