"""Setting up: an organization with its first program and contract, its settings and color, a person's page, attributes from a file."""

import re

import checks
import pytest
from server import ORGANIZATION

NO_SCRIPT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


@NO_SCRIPT
def test_a_customer_is_set_up_in_the_browser(window, checker, scripts):
    slug = "browser-made" if scripts else "browser-made-plainly"
    tab = window("account-team", java_script_enabled=scripts).new_page()
    tab.goto("/organizations")
    tab.get_by_role("link", name="New organization").click()
    tab.get_by_label("Name").fill("Made in a browser")
    tab.get_by_label("Slug").fill("Not A Slug")
    tab.get_by_role("button", name="Make organization").click()
    assert tab.title().startswith("Error: New organization")
    assert tab.get_by_label("Name").input_value() == "Made in a browser"
    tab.get_by_label("Slug").fill(slug)
    tab.get_by_label("Time zone").select_option("Asia/Tokyo")
    tab.get_by_role("button", name="Make organization").click()
    assert tab.url.endswith(f"/o/{slug}")

    tab.get_by_role("link", name="Programs", exact=True).click()
    tab.get_by_role("link", name="New program").click()
    tab.get_by_label("Name").fill("First steps")
    tab.get_by_label("Slug").fill("first-steps")
    tab.get_by_role("button", name="Make program").click()
    assert tab.locator("h1").inner_text().startswith("First steps")

    tab.get_by_role("link", name="Contracts", exact=True).click()
    tab.get_by_role("link", name="New contract").first.click()
    tab.get_by_label("Name").fill("Year 1; Year 2")
    tab.get_by_label("Number bought").fill("25")
    tab.get_by_label("First day").fill("2026-01-01")
    tab.get_by_label("Last day").fill("2025-12-31")
    tab.get_by_role("button", name="Make contract").click()
    assert tab.locator(".error-summary li").count() == 2
    assert checker.errors(tab.content()) == []
    tab.get_by_label("Name").fill("Year 1")
    tab.get_by_label("Last day").fill("2026-12-31")
    tab.get_by_role("button", name="Make contract").click()
    assert tab.locator("h1").inner_text() == "Year 1"
    assert "1 Jan 2026 to 31 Dec 2026" in tab.locator(".lede").inner_text()
    tab.get_by_role("link", name="Edit contract").click()
    assert tab.get_by_label("Number bought").input_value() == "25"
    assert tab.get_by_label("First steps").is_checked()


def test_a_color_is_used_and_stays_readable(window):
    tab = window("organization").new_page()
    settings = f"/o/{ORGANIZATION}/settings"
    tab.goto(settings)
    try:
        for color in ("#ffe600", "#0a0a23", "#e8590c"):
            tab.get_by_label("Brand color").fill(color)
            assert tab.get_by_label("Pick a color").input_value() == color
            tab.get_by_role("button", name="Save settings").click()
            assert tab.locator(".shades li").count() == 2
            for path in (settings, f"/o/{ORGANIZATION}", f"/o/{ORGANIZATION}/users"):
                tab.goto(path)
                for scheme in ("light", "dark"):
                    tab.emulate_media(color_scheme=scheme)
                    assert checks.violations(tab) == [], f"{color} at {path}, {scheme}"
            tab.goto(settings)
    finally:
        tab.goto(settings)
        tab.get_by_label("Brand color").fill("")
        tab.get_by_role("button", name="Save settings").click()
    assert tab.locator("link[rel=stylesheet]").count() == 1


@NO_SCRIPT
def test_a_person_is_edited_and_deactivated(window, checker, scripts):
    tab = window("organization", java_script_enabled=scripts).new_page()
    tab.goto(f"/o/{ORGANIZATION}/users?sort=-enrollments")
    tab.locator("tbody th a").nth(0 if scripts else 1).click()
    assert checker.errors(tab.content()) == []
    name = tab.locator("h1").inner_text()
    tab.get_by_role("link", name="Edit", exact=True).click()
    tab.get_by_label("Job title").fill("Lighthouse keeper")
    tab.get_by_role("button", name="Save changes").click()
    assert "Lighthouse keeper" in tab.locator(".profile-facts").inner_text()
    tab.get_by_role("link", name="Deactivate").click()
    assert checker.errors(tab.content()) == []
    tab.get_by_role("button", name="Deactivate").click()
    assert f"{name} is deactivated." in tab.locator("main").inner_text()
    tab.get_by_role("link", name="Reactivate").click()
    tab.get_by_role("button", name="Reactivate").click()
    assert "User reactivated" in tab.locator("main").inner_text()
    if scripts:
        assert checks.violations(tab) == []
        assert checks.sideways(tab, 320) == ""


def test_attributes_come_from_a_file(window, checker):
    tab = window("organization").new_page()
    tab.goto(f"/o/{ORGANIZATION}/users")
    emails = tab.locator("tbody .row-detail").all_inner_texts()[:3]
    tab.get_by_role("link", name="Add learner attributes").click()
    rows = [f"{email},Lamp trimmer" for email in emails] + ["nobody@nowhere.example,Ghost"]
    file = "Email,Job Title\n" + "\n".join(rows) + "\n"
    tab.get_by_label("CSV file").set_input_files({"name": "hr.csv", "mimeType": "text/csv", "buffer": file.encode()})
    tab.get_by_role("button", name="Check the file").click()
    tab.wait_for_url(re.compile(r"/users/attributes/\d+"))
    assert checker.errors(tab.content()) == []
    assert checks.violations(tab) == [] and checks.sideways(tab, 320) == ""
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download 1 rejected row").first.click()
    with open(download.value.path(), encoding="utf-8-sig") as rejected:
        assert rejected.read().splitlines()[1] == "nobody@nowhere.example,Ghost,5,Nobody in the organization has this email."
    tab.get_by_role("button", name="Change 3 people").click()
    assert "3 people have new attributes." in tab.locator("main").inner_text()
    tab.goto(f"/o/{ORGANIZATION}/users?job_title=Lamp+trimmer")
    assert tab.locator("tbody tr").count() == 3
