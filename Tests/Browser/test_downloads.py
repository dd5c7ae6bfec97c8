"""Every download is CSV that a spreadsheet reads, and holds what the list shows."""

import csv
import io
import re

import pytest
from pages import DOWNLOADS, ORGANIZATION, PROGRAM, name, seen

USAGE = ("Name,Email,External Id,Course,Course ID,Course Slug,University,Enrollment Time,Class Start Time,Last Course Activity Time,Overall Progress,"
         "Estimated Learning Hours,Completed,Removed From Program,Program Slug,Program Name,Enrollment Source,Completion Time,Course Grades,Contract,"
         "Manager Name,Manager Email,Job Title,Job Type,Business Unit,Business Unit 2,Location City,Location Country,Location Region").split(",")
MEMBERSHIP = ("Name,Email,External Id,Program Name,Program Slug,# Enrolled Courses,# Completed Courses,Member State,Join Date,Invitation Date,"
              "Last Activity Time,Contract(s),Manager Name,Manager Email,Job Title,Job Type,Business Unit,Business Unit 2,Location City,"
              "Location Country,Location Region").split(",")
FORMULA = re.compile(r"[=+\-@\t\r\n]")


def read(answer):
    """The rows of a download, after checking the form that spreadsheets need."""
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "no-store" in answer.headers["cache-control"]
    body = answer.body()
    assert body.startswith(b"\xef\xbb\xbf"), "a byte order mark tells spreadsheets that this is UTF-8"
    text = body.decode("utf-8-sig")
    assert text.endswith("\r\n")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows and all(len(row) == len(rows[0]) for row in rows)
    return rows


@pytest.mark.parametrize(("role", "download"), list(seen(DOWNLOADS)), ids=name)
def test_is_csv_without_formulas(window, places, role, download):
    rows = read(window(role).request.get(download.path.format(**places)))
    cells = [cell for row in rows[1:] for cell in row]
    assert not [cell for cell in cells if FORMULA.match(cell) and not re.fullmatch(r"-?[\d.]+", cell)]


def test_the_reports_have_their_columns(window, places):
    asked = window(ORGANIZATION).request
    base = "/o/{organization}/reports/".format(**places)
    usage, membership = read(asked.get(base + "usage-report.csv")), read(asked.get(base + "membership-report.csv"))
    assert usage[0] == USAGE and membership[0] == MEMBERSHIP
    assert len(usage) > 100 and len(membership) > 100


def test_a_program_admin_gets_only_the_own_program(window, places):
    asked = window(PROGRAM).request
    base = "/o/{organization}/reports/".format(**places)
    for file, header in (("usage-report.csv", USAGE), ("membership-report.csv", MEMBERSHIP)):
        rows = read(asked.get(base + file))
        assert {row[header.index("Program Slug")] for row in rows[1:]} == {places["program"]}


@pytest.mark.parametrize("path", ["/o/{organization}/programs/{program}/members", "/o/{organization}/users"])
@pytest.mark.parametrize("query", ["", "?q=an"], ids=["all", "some"])
def test_export_holds_just_what_the_list_shows(window, places, path, query):
    tab = window(ORGANIZATION).new_page()
    tab.goto(path.format(**places) + query)
    count = int(re.match(r"[\d,]+", tab.locator(".result-count").inner_text()).group().replace(",", ""))
    rows = read(tab.request.get(tab.get_by_role("link", name="Export").get_attribute("href")))
    assert len(rows) - 1 == count


@pytest.mark.parametrize("path", ["/o/{organization}/programs/{program}/members", "/o/{organization}/users"])
def test_an_empty_list_offers_no_export(window, places, path):
    context = window(ORGANIZATION)
    tab = context.new_page()
    tab.goto(path.format(**places) + "?q=zzzzzz")
    assert tab.locator(".result-count").is_visible()
    assert tab.get_by_role("link", name="Export").count() == 0
    assert len(read(context.request.get(path.format(**places) + ".csv?q=zzzzzz"))) == 1, "a link kept from before gives the header alone"


def test_export_downloads_under_a_name(window, places):
    tab = window(ORGANIZATION).new_page()
    tab.goto("/o/{organization}/programs/{program}/members".format(**places))
    with tab.expect_download() as started:
        tab.get_by_role("link", name="Export").click()
    assert started.value.suggested_filename.endswith(".csv")


def test_the_three_kinds_of_emails_are_of_different_people(window, places):
    asked = window(ORGANIZATION).request
    base = "/o/{organization}/programs/{program}/members/emails.csv?category=".format(**places)
    kinds = []
    for category in ("no-enrollments", "enrolled-without-completion", "completed"):
        rows = read(asked.get(base + category))
        column = rows[0].index("Email")
        kinds.append({row[column] for row in rows[1:]})
        assert kinds[-1] and all(re.fullmatch(r"[^@\s]+@[^@\s]+", email) for email in kinds[-1])
    assert not (kinds[0] & kinds[1] or kinds[0] & kinds[2] or kinds[1] & kinds[2])
    assert asked.get(base + "everyone").status in (400, 404, 422)
