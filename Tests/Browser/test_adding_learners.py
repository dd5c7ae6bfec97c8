"""Adding learners in each of the three ways, with and without scripts, and an act on them that is undone."""

import os
import sqlite3
from urllib.parse import quote

import checks
import pytest
from server import ORGANIZATION

LEARNERS = f"/o/{ORGANIZATION}/user-metrics/learners"
NO_SCRIPT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@pytest.fixture(scope="module")
def group(server):
    """A coaching group of the tests' own, with a purchase of 50 licenses."""
    database = sqlite3.connect(os.path.join(server.data, "provost.sqlite"), timeout=30)
    with database:
        organization = database.execute("SELECT id FROM organizations WHERE slug = ?", [ORGANIZATION]).fetchone()[0]
        purchase = database.execute(
            "INSERT INTO company_purchases (organization_id, name, licenses, sessions, expires_at, created_at)"
            " VALUES (?, 'Browser plan', 50, 6, '2098-12-31T00:00:00.000Z', '') RETURNING id", [organization]).fetchone()[0]
        made = database.execute(
            "INSERT INTO coaching_groups (organization_id, name, description, company_purchase_id, created_at)"
            " VALUES (?, 'Browser leaders', 'For people who lead.', ?, '') RETURNING id", [organization, purchase]).fetchone()[0]
        database.execute("INSERT INTO focus_skills (name, name_key) VALUES ('Reading a browser', 'reading a browser')")
    database.close()
    return made


def begin(tab, way):
    tab.goto(LEARNERS + "/new")
    tab.get_by_label("Browser leaders").check()
    tab.get_by_label(way).check()
    tab.get_by_role("button", name="Continue").click()
    assert tab.locator("h1").inner_text() == "Add learners"
    assert "Browser leaders" in tab.locator(".lede").inner_text()


def welcomed(tab, name):
    """How many mails of welcome to coaching somebody has."""
    tab.goto(f"/o/{ORGANIZATION}/outbox?q={name}")
    return tab.locator("tbody tr", has_text="Coaching welcome").count()


@NO_SCRIPT
def test_one_new_learner(window, checker, group, scripts):
    tab = window("organization", java_script_enabled=scripts).new_page()
    name = "nia.scripted" if scripts else "nia.plain"
    begin(tab, "One new learner")
    assert tab.get_by_label("Engagement duration in days").input_value() == "180"
    tab.get_by_label("Full name").fill("Nia Newcomer")
    tab.get_by_label("Minimum number of 360° participants needed to answer").fill("9")
    tab.get_by_label("Reading a browser").check()
    tab.get_by_role("button", name="Add", exact=True).click()
    assert tab.title().startswith("Error: Add learners")
    assert tab.locator(".error-summary li").count() == 2
    assert checker.errors(tab.content()) == []
    if scripts:
        assert checks.violations(tab) == []
    assert tab.get_by_label("Full name").input_value() == "Nia Newcomer"
    assert tab.get_by_label("Reading a browser").is_checked()
    tab.get_by_label("Email", exact=True).fill(f"{name}@browser.example")
    tab.get_by_label("Minimum number of 360° participants needed to answer").fill("2")
    tab.get_by_text("View the details of each purchase").click()
    assert tab.get_by_text("6 for each learner").is_visible()
    tab.get_by_role("button", name="Add", exact=True).click()
    assert tab.url.endswith(LEARNERS)
    assert welcomed(tab, name) == 1


@NO_SCRIPT
def test_existing_users_over_searches_and_pages(window, checker, group, scripts):
    tab = window("organization", java_script_enabled=scripts).new_page()
    begin(tab, "Existing users")
    tab.get_by_label("Engagement duration in days").fill("90")
    tab.locator("input[name=person]:not([disabled])").nth(0).check()
    tab.get_by_role("button", name="More people").click()
    assert "1 person chosen" in tab.locator("main").inner_text()
    tab.locator("fieldset:last-of-type input[name=person]:not([disabled]):not(:checked)").first.check()
    tab.get_by_label("Search people by name or email").fill("zzzzzz")
    tab.get_by_label("Search people by name or email").press("Enter")
    assert "2 people chosen" in tab.locator("main").inner_text()
    assert tab.get_by_label("Engagement duration in days").input_value() == "90"
    assert checker.errors(tab.content()) == []
    if scripts:
        assert checks.violations(tab) == []
        assert checks.sideways(tab, 320) == ""
    email = tab.locator("fieldset small").first.inner_text()
    tab.get_by_role("button", name="Add", exact=True).click()
    assert tab.url.endswith(LEARNERS)
    assert welcomed(tab, email) == 1


@NO_SCRIPT
def test_many_from_a_file(window, checker, group, scripts):
    tab = window("organization", java_script_enabled=scripts).new_page()
    who = "filed.scripted" if scripts else "filed.plain"
    begin(tab, "Many from a CSV file")
    rows = "Full Name,Email,External ID\r\n" + "".join(f"Filed {n},{who}{n}@browser.example,\r\n" for n in range(3)) + "Nobody,nobody,\r\n"
    tab.get_by_label("CSV file").set_input_files({"name": "learners.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    tab.get_by_role("button", name="Check the file").click()
    tab.get_by_role("heading", name="Check the learners").wait_for()
    assert tab.locator("tbody tr").count() == 4
    assert checker.errors(tab.content()) == []
    if scripts:
        assert checks.violations(tab) == []
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download 1 rejected row").first.click()
    with open(download.value.path(), encoding="utf-8-sig") as rejected:
        assert rejected.read().splitlines()[1].startswith("Nobody,nobody,,5,")
    tab.get_by_role("button", name="Add 3 learners").click()
    tab.get_by_role("heading", name="Learners from a file").wait_for()
    assert welcomed(tab, who) == 3


@NO_SCRIPT
def test_a_pause_says_what_it_does_and_is_undone(window, checker, group, scripts):
    tab = window("organization", java_script_enabled=scripts).new_page()
    begin(tab, "One new learner")
    tab.get_by_label("Full name").fill("Pia Paused")
    email = f"pia.{'scripted' if scripts else 'plain'}@browser.example"
    tab.get_by_label("Email", exact=True).fill(email)
    tab.get_by_role("button", name="Add", exact=True).click()
    # The list as it was comes back after the act, and after undoing it: its columns and its length too.
    shown = f"?q={quote(email)}&columns=stage&columns=coach-name&size=20"
    tab.goto(LEARNERS + shown)
    tab.get_by_label("Select Pia Paused").check()
    tab.get_by_role("button", name="Pause", exact=True).click()
    assert tab.locator("h1").inner_text() == "Pause 1 learner?"
    assert checker.errors(tab.content()) == []
    tab.get_by_role("button", name="Pause 1 learner").click()
    assert tab.url.endswith(shown) and "Paused" in tab.locator("main tbody tr").inner_text()
    assert checker.errors(tab.content()) == []
    tab.get_by_role("button", name="Undo: 1 learner was paused").first.click()
    assert tab.url.endswith(shown) and "Onboarding" in tab.locator("main tbody tr").inner_text()
    # From the profile, and back to it.
    tab.locator("main tbody th a").click()
    profile = tab.url
    tab.locator("summary", has_text="Actions").click()
    tab.get_by_role("link", name="Extend").click()
    tab.get_by_label("Days to add").fill("10")
    tab.get_by_role("button", name="Continue").click()
    assert "The new end is" in tab.locator("main").inner_text()
    tab.get_by_role("button", name="Extend 1 learner").click()
    assert tab.url == profile and "1 learner was extended" in tab.locator("main").inner_text()
    tab.get_by_role("link", name="Add note").click()
    tab.get_by_label("Note").fill("Prefers mornings")
    tab.get_by_role("button", name="Add note").click()
    assert tab.url == profile and "Prefers mornings" in tab.locator("main").inner_text()


def test_a_page_and_all_that_match_are_ticked(window):
    tab = window("organization").new_page()
    tab.goto(LEARNERS + "?size=20")
    matching = int(tab.locator(".result-count").inner_text().split()[0].replace(",", ""))
    rows = tab.locator("main tbody tr").count()
    assert 1 < rows < matching
    tab.get_by_role("checkbox", name="Select every row of this page").check()
    tab.get_by_role("button", name="Add note").click()
    assert tab.locator("h1").inner_text() == f"Add a note to {rows} learners"
    tab.go_back()
    tab.get_by_label(f"All {matching:,} that match").check()
    tab.get_by_role("button", name="Add note").click()
    assert tab.locator("h1").inner_text() == f"Add a note to {matching:,} learners"
    # Who is active cannot be reactivated.
    tab.goto(LEARNERS + "?stage=steady-state")
    assert tab.get_by_role("button", name="Reactivate").count() == 0 and tab.get_by_role("button", name="Deactivate").count() == 1
