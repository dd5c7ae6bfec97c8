"""Coaches in User Metrics: finding one, assigning learners, deactivating, and moving the sessions that need another coach."""

import csv
import io
import re

import checks
import pytest
from conftest import WIDE
from pages import ACCOUNT_TEAM, ORGANIZATION as ADMIN
from server import ORGANIZATION

COACHES = f"/o/{ORGANIZATION}/user-metrics/organization-coaches"


def sound(tab, checker):
    """Valid HTML, no violation, fit for a narrow window."""
    assert checker.errors(tab.content()) == []
    assert checks.violations(tab) == []
    assert checks.sideways(tab, 320) == ""
    tab.set_viewport_size(WIDE)


def make_coach(team, name, capacity=""):
    """A coach of the organization's own who works at any time."""
    team.goto(f"/o/{ORGANIZATION}/coaching/coaches/new")
    team.get_by_label("Email").fill(name.lower().replace(" ", ".") + "@coaches.example")
    team.get_by_label("Name", exact=True).fill(name)
    team.get_by_label("Biography").fill("Listens.")
    team.get_by_label("Learners at once").fill(capacity)
    team.get_by_label("Meeting link").fill("https://meet.example/room")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        team.get_by_label(day, exact=True).fill("00:00-24:00")
    team.get_by_role("button", name="Make coach").click()
    assert team.locator("h1").inner_text() == name


def count(tab, name):
    """The number on a tab."""
    link = tab.get_by_role("navigation", name="States").get_by_role("link", name=re.compile("^" + name))
    return int(link.locator(".counter").inner_text().replace(",", ""))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_learners_are_assigned_to_a_coach(window, checker, scripts):
    name = "Assigned Coach" if scripts else "Plainly Assigned"
    make_coach(window(ACCOUNT_TEAM).new_page(), name, "2")
    tab = window(ADMIN, java_script_enabled=scripts).new_page()
    look = (lambda: sound(tab, checker)) if scripts else (lambda: None)
    tab.goto(f"/o/{ORGANIZATION}")
    tab.get_by_role("link", name="Organization coaches", exact=True).click()
    tab.get_by_role("searchbox").fill(name)
    tab.get_by_role("search").get_by_role("button").click()
    row = tab.locator("tbody tr")
    assert row.count() == 1 and "0 of 2" in row.inner_text()
    row.get_by_role("link", name="Assign learner").click()
    assert "2 places free" in tab.locator("main").inner_text()
    look()

    # Three are too many: the page says how many places are free.
    boxes = tab.locator("tbody input[type=checkbox]")
    names = tab.locator("tbody th a").all_inner_texts()[:3]
    for index in range(3):
        boxes.nth(index).check()
    tab.get_by_role("button", name=f"Assign to {name}").click()
    assert f"{name} has 2 places free (0 of 2 learners now), and 3 learners are selected." in tab.get_by_role("alert").inner_text()
    assert tab.title().startswith("Error: ") and tab.get_by_role("button", name=re.compile("^Assign")).count() == 0
    look()
    tab.get_by_role("link", name="Back").click()
    for index in range(2):
        tab.locator("tbody input[type=checkbox]").nth(index).check()
    tab.get_by_role("button", name=f"Assign to {name}").click()
    listed = tab.locator("main").inner_text()
    assert f"Assign 2 learners to {name}?" in listed and all(learner in listed for learner in names[:2])
    look()
    tab.get_by_role("button", name="Assign 2 learners").click()
    assert f"2 learners have {name} as coach now." in tab.locator("main").inner_text()
    assert sorted(tab.locator("tbody th a").all_inner_texts()) == sorted(names[:2])
    look()

    # One by one, with the plus: no place is left.
    tab.get_by_role("link", name="Assign learner").click()
    tab.get_by_role("link", name="+ Assign").first.click()
    assert f"{name} has no place free: 2 of 2 learners now." in tab.get_by_role("alert").inner_text()
    tab.goto(f"/o/{ORGANIZATION}/user-metrics/learners/restoration")
    tab.get_by_role("button", name=re.compile("^Undo")).first.click()
    assert "2 learners are as before." in tab.locator("main").inner_text()


def test_the_sessions_of_a_deactivated_coach_are_given_away(window, checker):
    team = window(ACCOUNT_TEAM).new_page()
    make_coach(team, "Second Coach")
    tab = window(ADMIN).new_page()
    tab.goto(COACHES)
    # Some coach of the demo has a session to come.
    tab.locator("main thead").get_by_role("link", name="Next Session").click()
    first = tab.locator("tbody tr").first
    name = first.locator("th a").inner_text()
    active, deactivated = count(tab, "Active"), count(tab, "Deactivated")
    first.get_by_role("link", name="Deactivate").click()
    text = tab.locator("main").inner_text()
    assert f"{name} can no longer sign in as a coach" in text and "another coach" in text and "You can reactivate" in text
    ahead = int(re.search(r"(\d+) sessions? (?:is|are) scheduled and needs? another coach", text).group(1))
    sound(tab, checker)
    tab.get_by_role("button", name=f"Deactivate {name}").click()
    assert f"{name} is deactivated." in tab.locator("main").inner_text()
    assert tab.locator("tbody tr").count() == ahead
    sound(tab, checker)

    learner = tab.locator("tbody th a").first.inner_text()
    tab.get_by_role("link", name="Move to another coach").first.click()
    sound(tab, checker)
    tab.get_by_role("button", name="Move session").click()
    assert "Choose a coach." in tab.get_by_role("alert").inner_text()
    sound(tab, checker)
    tab.get_by_label("Second Coach").check()
    tab.get_by_role("button", name="Move session").click()
    assert f"The session of {learner}" in tab.locator("main").inner_text()
    assert "is with Second Coach now." in tab.locator("main").inner_text()
    assert tab.locator("tbody tr").count() == ahead - 1
    sessions = tab.url

    tab.goto(COACHES + "?q=second+coach")
    tab.locator("tbody tr").get_by_role("link", name="Profile").click()
    assert learner in tab.locator("main").inner_text()
    tab.get_by_role("link", name="All sessions").click()
    tab.get_by_role("link", name="Cancel", exact=True).click()
    sound(tab, checker)
    tab.get_by_role("button", name="Cancel session").click()
    assert "is canceled." in tab.locator("main").inner_text()

    tab.goto(COACHES)
    assert (count(tab, "Active"), count(tab, "Deactivated")) == (active - 1, deactivated + 1)
    tab.goto(sessions)
    tab.get_by_role("link", name=name).first.click()
    tab.get_by_role("link", name="Reactivate").first.click()
    tab.get_by_role("button", name=f"Reactivate {name}").click()
    assert f"{name} is active again." in tab.locator("main").inner_text()


def test_the_lists_are_exported_as_shown(window):
    tab = window(ADMIN).new_page()
    tab.goto(f"/o/{ORGANIZATION}")
    tab.get_by_role("link", name="Platform coaches", exact=True).click()
    tab.locator("main thead").get_by_role("link", name="Total Sessions").click()
    shown = [text.split("\n")[0] for text in tab.locator("tbody th").all_inner_texts()]
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Export").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(io.StringIO(file.read()), strict=True))
    assert rows[0] == ["Name", "Email", "Number of clients vs total", "Total Sessions", "Average Session Rating", "NPS"]
    assert [row[0] for row in rows[1:]] == shown and len(shown) > 0
    assert re.fullmatch(r"\d+ of \d+", rows[1][2])
