"""Inviting one person and acting on invitations, with and without JavaScript; a file's whole way is walked in test_people.py."""

import re

import pytest
from pages import ORGANIZATION, PROGRAM

import checks

with_and_without_javascript = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
INVITATIONS = "/o/{organization}/programs/{program}/invitations"


def invite(tab, places, name, email, send=True):
    tab.goto(INVITATIONS.format(**places))
    tab.locator("summary", has_text="Invite learners").click()
    tab.get_by_role("link", name=re.compile("Invite one person")).click()
    if tab.get_by_label("Full name").count() == 0:
        tab.locator("tbody th a").first.click()
    tab.get_by_label("Full name").fill(name)
    tab.get_by_label("Email").fill(email)
    tab.get_by_label("Send invitation").set_checked(send)
    tab.get_by_role("button", name="Send invitation" if send else "Create invitation").click()


@with_and_without_javascript
def test_one_person_is_invited_and_the_link_can_be_copied(window, places, checker, script):
    tab = window(PROGRAM, java_script_enabled=script).new_page()
    email = f"one.{script}@people.example".lower()
    invite(tab, places, "Zoë O'Brien", email, send=script)
    assert tab.get_by_role("heading", level=1).inner_text() == "Zoë O'Brien"
    assert ("on its way" if script else "was created") in tab.locator(".flash").inner_text()
    assert checker.errors(tab.content() if not script else tab.request.get(tab.url).text()) == []
    if script:
        assert checks.violations(tab) == []
    link = tab.locator("#invitation-link").inner_text()
    visitor = window(java_script_enabled=script).new_page()
    assert visitor.goto(link).status == 200
    assert email in visitor.locator("main").inner_text()
    invite(tab, places, "Zoë again", email)
    assert tab.title().startswith("Error: ")
    assert tab.get_by_label("Full name").input_value() == "Zoë again"
    assert not script or checks.violations(tab) == []


@with_and_without_javascript
def test_a_page_is_selected_and_sent_again(window, places, script):
    tab = window(ORGANIZATION, java_script_enabled=script).new_page()
    address = INVITATIONS.format(**places) + "?state=open&size=20"
    tab.goto(address)
    rows = tab.locator("tbody tr").count()
    tab.get_by_role("link", name="Select this page").click()
    assert tab.locator("tbody .select input:checked").count() == rows > 1
    if script:
        assert f"{rows} selected" in tab.locator(".selection").inner_text()
        tab.locator("tbody .select input").first.uncheck()
        assert f"{rows - 1} selected" in tab.locator(".selection").inner_text()
        tab.get_by_label("Select every row of this page").check()
    tab.get_by_role("button", name="Resend", exact=True).click()
    heading = tab.get_by_role("heading", level=1).inner_text()
    assert re.match(r"Resend \d+ invitations?\?", heading), heading
    button = tab.get_by_role("button", name=re.compile(r"^Resend \d+"))
    if button.count():
        button.click()
        assert re.search(r"\d+ queued", tab.locator(".flash").inner_text())
    # All that match counts more than the page does, and nobody is mailed twice in a day.
    tab.goto(address)
    tab.get_by_label(re.compile(r"All [\d,]+ that match")).check()
    tab.get_by_role("button", name="Resend", exact=True).click()
    assert "less than 24 hours ago" in tab.locator("main").inner_text()


@with_and_without_javascript
def test_one_invitation_is_taken_back_with_its_link(window, places, script):
    tab = window(PROGRAM, java_script_enabled=script).new_page()
    invite(tab, places, "Rita Revoked", f"rita.{script}@people.example".lower())
    link = tab.locator("#invitation-link").inner_text()
    tab.get_by_role("link", name="Revoke").click()
    assert tab.get_by_role("heading", level=1).inner_text() == "Revoke 1 invitation?"
    tab.get_by_role("button", name="Revoke 1 invitation").click()
    assert tab.locator("#invitation-link").count() == 0
    visitor = window().new_page()
    assert visitor.goto(link).status == 410


def test_a_program_admin_chooses_among_the_own_programs_only(window, places):
    tab = window(PROGRAM).new_page()
    answer = tab.goto("/o/{organization}/invitations/new?program={other_program}".format(**places))
    assert answer.status == 404
    tab.goto("/o/{organization}/invitations/new".format(**places))
    assert places["other_program"] not in tab.locator("main").inner_html()
