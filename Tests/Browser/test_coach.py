"""A coach at work: signs in, sets the hours, schedules a session and says what became of it, in a real browser."""

import datetime
import re

import checks
import pytest
from conftest import WIDE, sign_in
from server import ORGANIZATION, PASSWORD

NO_SCRIPT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def sound(tab, checker):
    """Valid HTML, no violation, fit for a narrow window."""
    assert checker.errors(tab.content()) == []
    assert checks.violations(tab) == []
    assert checks.sideways(tab, 320) == ""
    tab.set_viewport_size(WIDE)


@NO_SCRIPT
def test_a_coach_works(window, server, checker, scripts):
    tab = window(java_script_enabled=scripts).new_page()
    look = (lambda: sound(tab, checker)) if scripts else (lambda: None)
    sign_in(tab, server.emails["coach"], PASSWORD)
    assert re.fullmatch(server.address + r"/coach/\d+", tab.url)
    home = tab.url
    menu = tab.get_by_role("navigation", name="Main")
    look()

    menu.get_by_role("link", name="Working hours").click()
    tab.get_by_label("Saturday").fill("ten to twelve")
    tab.get_by_role("button", name="Save working hours").click()
    assert tab.title().startswith("Error: Working hours")
    assert tab.get_by_label("Saturday").input_value() == "ten to twelve"
    look()
    tab.get_by_label("Saturday").fill("08:00-12:00")
    tab.get_by_role("button", name="Save working hours").click()
    assert "Your working hours are saved." in tab.locator("main").inner_text()

    menu.get_by_role("link", name="Time off").click()
    day = datetime.date.today() + datetime.timedelta(days=90 + scripts)
    tab.get_by_label("First day").fill(day.isoformat())
    tab.get_by_label("Last day").fill(day.isoformat())
    tab.get_by_label("Note").fill(f"A day at sea {scripts}")
    tab.get_by_role("button", name="Add time off").click()
    row = tab.locator(".time-off li", has_text=f"A day at sea {scripts}")
    assert row.count() == 1
    look()
    row.get_by_role("link").click()
    tab.get_by_role("button", name="Take it back").click()
    assert row.count() == 0

    menu.get_by_role("link", name="My learners").click()
    look()
    # Whoever can be scheduled with: not paused, with sessions left.
    for number in range(tab.locator("main tbody th a").count()):
        tab.goto(home + "/learners")
        tab.locator("main tbody th a").nth(number).click()
        if tab.get_by_role("link", name="Schedule a session").count():
            break
    learner = tab.locator("h1").inner_text()
    tab.get_by_role("link", name="Schedule a session").click()
    tab.get_by_role("link", name="Next week").click()
    assert tab.locator(".entry.free a").count() > 0
    look()
    tab.locator(".entry.free a").first.click()
    assert learner in tab.locator("main").inner_text()
    tab.get_by_role("button", name="Schedule session").click()
    assert tab.locator("h1").inner_text() == f"Session with {learner}"
    assert "The session is scheduled." in tab.locator("main").inner_text()
    look()
    scheduled = tab.url
    tab.get_by_label("Canceled by me").check()
    tab.get_by_role("button", name="Cancel session").click()
    assert "The session is marked: canceled." in tab.locator("main").inner_text()
    assert scheduled == tab.url

    # A session that has begun: one of the demo's that took place.
    tab.goto(home + "/sessions?tab=past")
    count = tab.locator("main tbody th a").count()
    for number in range(count):
        tab.goto(home + "/sessions?tab=past")
        tab.locator("main tbody th a").nth(number).click()
        if tab.get_by_label("Completed").count():
            break
    look()
    name = re.sub("^Session with ", "", tab.locator("h1").inner_text())
    tab.get_by_label("Completed").check()
    tab.get_by_label("The learner’s manager attended").check()
    tab.get_by_role("button", name="Save").click()
    assert "The session is marked: completed." in tab.locator("main").inner_text()
    where = tab.locator("dt", has_text="Northwind").count()
    tab.get_by_role("link", name=name, exact=True).click()
    engagement = tab.url.rsplit("/", 1)[1]

    # The administrator reads the same.
    if where:
        admin = window("organization", java_script_enabled=scripts).new_page()
        admin.goto(f"/o/{ORGANIZATION}/user-metrics/learners/{engagement}")
        assert admin.locator("h1").inner_text() == name
        assert "with the manager: 0" not in admin.locator("main").inner_text()


def test_a_week_is_read_without_seeing_colors(window, server):
    """Each thing in the calendar says in words what it is, and stands within its day."""
    tab = window("coach").new_page()
    tab.goto("/coach")
    tab.get_by_role("link", name="Next week").click()
    days = tab.locator(".week-days > .day")
    assert days.count() == 7
    for entry in tab.locator(".entry").all():
        assert re.match(r"(All day|\d\d:\d\d.*–\d\d:\d\d.*)\s+(Working hours|Free|Session|Completed|Missed|Time off|Skipped)", entry.inner_text())
    wide = [days.nth(number).bounding_box() for number in range(7)]
    assert len({round(box["y"]) for box in wide}) == 1, "side by side where there is room"
    tab.set_viewport_size({"width": 390, "height": 800})
    narrow = [days.nth(number).bounding_box() for number in range(7)]
    assert all(above["y"] + above["height"] <= below["y"] + 1 for above, below in zip(narrow, narrow[1:])), "one below the other on a phone"
