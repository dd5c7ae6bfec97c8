"""Setting up coaching: a purchase, a 360° assessment, a survey, a group and a coach, by the account team in a real browser."""

import checks
import pytest
from conftest import WIDE
from server import ORGANIZATION

NO_SCRIPT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def sound(tab, checker):
    """Valid HTML, no violation, fit for a narrow window."""
    assert checker.errors(tab.content()) == []
    assert checks.violations(tab) == []
    assert checks.sideways(tab, 320) == ""
    tab.set_viewport_size(WIDE)


@NO_SCRIPT
def test_coaching_is_set_up_in_the_browser(window, checker, scripts):
    mark = "" if scripts else ", plainly"
    tab = window("account-team", java_script_enabled=scripts).new_page()
    look = (lambda: sound(tab, checker)) if scripts else (lambda: None)
    tab.goto(f"/o/{ORGANIZATION}")
    tab.get_by_role("link", name="Purchases", exact=True).click()
    tab.get_by_role("link", name="New purchase").first.click()
    tab.get_by_label("Name").fill("Coaching 2030" + mark)
    tab.get_by_label("Licenses").fill("many")
    tab.get_by_role("button", name="Make purchase").click()
    assert tab.title().startswith("Error: New purchase")
    assert tab.get_by_label("Name").input_value() == "Coaching 2030" + mark
    look()
    tab.get_by_label("Licenses").fill("40")
    tab.get_by_label("Sessions for each learner").fill("8")
    tab.get_by_label("Last day").fill("2031-06-30")
    tab.get_by_role("button", name="Make purchase").click()
    assert tab.locator("h1").inner_text() == "Coaching 2030" + mark
    look()

    for kind, label, button in (("360° assessments", "360° assessment", "Made 360"), ("Surveys", "survey", "Made survey")):
        tab.get_by_role("link", name=kind, exact=True).first.click()
        tab.get_by_role("link", name=f"New {label}").first.click()
        tab.get_by_label("Name").fill(button + mark)
        tab.get_by_label("Questions").fill("Listens before deciding\nDelegates")
        tab.get_by_role("button", name=f"Make {label}").click()
        assert tab.locator(".details-list li").all_inner_texts() == ["Listens before deciding", "Delegates"]
        look()

    tab.get_by_role("link", name="Groups", exact=True).click()
    tab.get_by_role("link", name="New group").first.click()
    tab.get_by_label("Name").fill("Browser made leaders" + mark)
    tab.get_by_label("Company purchase").select_option(label=f"Coaching 2030{mark} — 40 of 40 licenses left")
    tab.get_by_label("360° assessment").select_option(label="Made 360" + mark)
    tab.get_by_label("Survey", exact=True).select_option(label="Made survey" + mark)
    tab.get_by_label("Minimum to answer").fill("9")
    tab.get_by_role("button", name="Make group").click()
    assert tab.locator(".error-summary li").count() == 1
    look()
    tab.get_by_label("Minimum to answer").fill("3")
    tab.get_by_label("Opens so many days before the end").fill("30")
    tab.get_by_role("button", name="Make group").click()
    assert tab.locator("h1").inner_text() == "Browser made leaders" + mark
    assert "30 days before the end" in tab.locator("main").inner_text()
    look()
    tab.get_by_role("link", name="Coaching 2030" + mark).click()
    tab.get_by_role("link", name="Delete").click()
    assert "It is used by 1 group, so it stays." in tab.locator("main").inner_text()

    tab.get_by_role("link", name="Coaches", exact=True).first.click()
    tab.get_by_role("link", name="New coach").first.click()
    tab.get_by_label("Email").fill(f"made{len(mark)}@coaches.example")
    tab.get_by_label("Name").fill("Made Coach" + mark)
    tab.get_by_label("Biography").fill("Listens.")
    tab.get_by_label("Monday").fill("09:00-12:00, 13:00-17:00")
    tab.get_by_role("button", name="Make coach").click()
    assert "09:00-12:00, 13:00-17:00" in tab.locator("main").inner_text()
    look()
    tab.get_by_role("button", name="Make a link").click()
    assert "/set-password/" in tab.locator("#password-link").inner_text()
    tab.get_by_role("link", name="Edit coach").click()
    assert tab.get_by_label("Monday").input_value() == "09:00-12:00, 13:00-17:00"
    look()
    tab.get_by_role("link", name="Cancel").click()
    tab.get_by_role("link", name="Deactivate").click()
    tab.get_by_role("button", name="Deactivate").click()
    assert "is deactivated" in tab.locator("main").inner_text()
