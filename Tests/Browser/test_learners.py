"""The coaching learners: from a tab through filter, columns and order to a saved view and to a file of just that."""

import csv
import re

import pytest
from pages import ACCOUNT_TEAM, ORGANIZATION

import checks

LEARNERS = "/o/{organization}/user-metrics/learners"


def total(tab):
    return int(re.match(r"[\d,]+", tab.locator(".result-count").inner_text()).group().replace(",", ""))


def emails(tab):
    return tab.locator("main tbody th .row-detail").all_inner_texts()


def headings(tab):
    return [text.strip() for text in tab.locator("main thead th:not(.select)").all_inner_texts()]


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def tab(request, window, places):
    tab = window(ORGANIZATION, java_script_enabled=request.param).new_page()
    tab.goto(LEARNERS.format(**places))
    return tab


def download(tab, link):
    with tab.expect_download() as waiting:
        link.click()
    with open(waiting.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, strict=True))


def test_a_view_is_made_saved_shared_exported_and_deleted(tab, window, places, request):
    stages = tab.get_by_role("navigation", name="Stages")
    assert stages.get_by_role("link").count() == 7
    stages.get_by_role("link", name=re.compile("^Steady State")).click()
    assert stages.locator("[aria-current=page]").inner_text().startswith("Steady State")
    in_stage = total(tab)
    assert in_stage > 0 and str(in_stage) in stages.locator("[aria-current=page]").inner_text().replace(",", "")

    tab.locator("summary", has_text="Filters").click()
    panel = tab.locator("details.panel").first
    # Other tests make groups that nobody is in.
    panel.get_by_label("Emerging leaders").check()
    panel.get_by_label("From").fill("2000-01-01")
    panel.get_by_role("button", name="Apply filters").click()
    assert tab.get_by_role("link", name=re.compile("^Remove filter")).count() == 2
    assert 0 < total(tab) <= in_stage

    tab.locator("summary", has_text="Columns").click()
    chooser = tab.locator("details.panel.end")
    while chooser.locator("input:checked").count():
        chooser.locator("input:checked").first.uncheck()
    for label in ("Email", "# of Sessions Completed", "Admin Notes"):
        chooser.get_by_label(label, exact=True).check()
    chooser.get_by_role("button", name="Show columns").click()
    # What was shown before comes before what is added.
    columns = ["Name", "# of Sessions Completed", "Email", "Admin Notes"]
    assert [heading.split("\n")[0].strip() for heading in headings(tab)] == columns

    tab.locator("main thead").get_by_role("link", name="Email").click()
    assert tab.locator("main th[aria-sort]").inner_text().startswith("Email")
    assert emails(tab) == sorted(emails(tab))
    shown, address = emails(tab), tab.url

    name = f"By email, {request.node.callspec.id}"
    tab.get_by_role("link", name="Save this view").click()
    tab.get_by_role("button", name="Save view").click()
    assert tab.get_by_role("alert").count() == 1 and "1 and 60" in tab.get_by_role("alert").inner_text()
    tab.get_by_label("Name", exact=True).fill(name)
    tab.get_by_label("All administrators").check()
    tab.get_by_role("button", name="Save view").click()
    assert emails(tab) == shown

    colleague = window(ACCOUNT_TEAM).new_page()
    colleague.goto(LEARNERS.format(**places))
    colleague.get_by_role("navigation", name="Saved views").get_by_role("link", name=name).click()
    assert emails(colleague) == shown and len(headings(colleague)) == 4
    assert checks.violations(colleague) == [] and checks.sideways(colleague, 320) == ""

    matching = total(tab)
    tab.goto(address)
    tab.get_by_role("link", name="Export", exact=True).click()
    assert tab.get_by_role("checkbox", checked=True).count() == 1 + 4
    rows = download(tab, tab.get_by_role("button", name="Download CSV"))
    assert rows[0] == columns
    assert len(rows) == matching + 1 and [row[2] for row in rows[1:]][: len(shown)] == shown
    tab.get_by_role("link", name="Tick the 43 standard columns").click()
    rows = download(tab, tab.get_by_role("button", name="Download CSV"))
    assert len(rows[0]) == 43 and len(rows) == matching + 1

    tab.goto(LEARNERS.format(**places) + "/views")
    tab.locator("tbody tr", has_text=name).get_by_role("link", name="Delete").click()
    tab.get_by_role("button", name="Delete view").click()
    assert tab.locator("tbody tr", has_text=name).count() == 0


def test_a_day_that_is_none_is_said_and_mended(tab, places, checker):
    answer = tab.goto(LEARNERS.format(**places) + "?from=2026-02-30")
    assert answer.status == 422 and checker.errors(answer.text()) == []
    assert tab.title().startswith("Error: Learners") and "2026-02-30" in tab.get_by_role("alert").inner_text()
    assert tab.locator("main tbody tr").count() == 0
    tab.get_by_role("alert").get_by_role("link").click()
    tab.locator("#filter-from").fill("")
    tab.get_by_role("button", name="Apply filters").click()
    assert tab.locator("main tbody tr").count() > 0 and "from=2" not in tab.url


def test_a_name_leads_to_coaching_and_courses_on_one_page(tab):
    name = tab.locator("main tbody th a").first.inner_text()
    tab.locator("main tbody th a").first.click()
    assert tab.get_by_role("heading", level=1).inner_text() == name
    for title in ("Timeline", "Sessions", "Courses", "Terms"):
        assert tab.get_by_role("heading", name=title, exact=True).count() == 1
    profile = tab.url
    tab.get_by_role("link", name="Profile in Users").click()
    tab.locator("section", has=tab.get_by_role("heading", name="Coaching", exact=True)).locator("tbody th a").first.click()
    assert "/user-metrics/learners/" in tab.url and "/user-metrics/learners/" in profile
