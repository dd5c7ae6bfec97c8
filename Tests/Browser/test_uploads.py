"""A file of people on its way: how much of it is sent, what the server says of it, and how a confirmation that takes long goes on."""

import contextlib
import os
import re
import sqlite3

import pytest
from pages import ORGANIZATION

import checks

with_and_without_javascript = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
HEADER = "Full Name,Email,External ID\r\n"


def people(word, count):
    rows = "".join(f"{word} {number},{word}.{number}@upload.example,\r\n" for number in range(count))
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": (HEADER + rows).encode("utf-8")}


def open_form(tab, places):
    tab.goto("/o/{organization}/invitations/bulk?program=data-academy".format(**places))
    if tab.get_by_label("CSV file").count() == 0:
        tab.locator("tbody th a").first.click()


def choose(tab, places, file):
    open_form(tab, places)
    tab.get_by_label("CSV file").set_input_files(file)
    tab.get_by_role("button", name="Check the file").click()


@contextlib.contextmanager
def another_writer(server):
    """Somebody else's long change: no other writer of the database gets on."""
    connection = sqlite3.connect(os.path.join(server.data, "provost.sqlite"), isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@with_and_without_javascript
def test_a_long_confirmation_is_watched_to_its_end(window, server, checker, places, script):
    tab = window(ORGANIZATION, java_script_enabled=script).new_page()
    choose(tab, places, people(f"watched.{script}".lower(), 3))
    tab.wait_for_url(re.compile(r"/invitations/bulk/\d+$"))
    draft = tab.url
    with another_writer(server):
        tab.get_by_role("button", name=re.compile("^Invite 3")).click()
        tab.get_by_role("link", name="Look again").wait_for()
        assert tab.url == draft
        assert tab.locator(".work h2").inner_text() == "Inviting 3 people"
        assert tab.locator("progress").count() == 1 and tab.get_by_role("button", name="Discard").count() == 0
        assert checker.errors(tab.request.get(draft).text()) == []
        assert checks.sideways(tab, 320) == ""
        if script:
            assert checks.violations(tab) == []
            tab.emulate_media(color_scheme="dark")
            assert checks.violations(tab) == []
            first, unseen, missed = checks.tab_through(tab)
            assert (first, unseen, missed) == ("#main", [], [])
        with tab.expect_navigation():
            tab.get_by_role("link", name="Look again").click()
        assert tab.locator(".work").count() == 1
    if not script:
        # Whoever looks again sees the end, sooner or later.
        for _ in range(1000):
            if tab.locator(".work").count() == 0:
                break
            # The answer is waited for: what has come about is said once, and a second click would throw it away.
            with tab.expect_navigation():
                tab.get_by_role("link", name="Look again").click()
    tab.get_by_text("3 people were invited on").wait_for()
    assert "3 invitations were queued." in tab.locator("main").inner_text()
    assert tab.locator(".work").count() == 0


def test_the_page_shows_what_is_sent_and_what_is_said_of_it(window, server, places, checker):
    tab = window(ORGANIZATION).new_page()
    with checks.watching(tab, server.address) as (console, requests):
        said = []
        tab.expose_function("said", lambda text: said.append(text))
        open_form(tab, places)
        tab.evaluate("""() => {
          const status = document.querySelector("[data-upload-progress] [role=status]");
          new MutationObserver(() => window.said(status.textContent)).observe(status, {childList: true});
        }""")
        tab.get_by_label("CSV file").set_input_files(people("sent", 2000))
        tab.get_by_role("button", name="Check the file").focus()
        tab.keyboard.press("Enter")
        tab.wait_for_url(re.compile(r"/invitations/bulk/\d+$"))
        assert said[0] == "0% sent" and said[-1] == "Checking the rows…" and len(said) <= 6, said
        assert tab.get_by_role("button", name=re.compile("^Invite 2,000")).count() == 1
        assert console == [] and requests == []


def test_what_cannot_be_taken_is_said_as_the_page_says_it(window, places):
    tab = window(ORGANIZATION).new_page()
    choose(tab, places, {"name": "a.csv", "mimeType": "text/csv", "buffer": b"Name,Mail\r\nA,a@upload.example\r\n"})
    summary = tab.locator(".error-summary")
    summary.wait_for()
    assert "the header lacks the column" in summary.inner_text().lower().replace("the file: ", "")
    assert tab.title().startswith("Error: ") and tab.evaluate("document.activeElement.className") == "error-summary"
    assert checks.violations(tab) == [] and checks.sideways(tab, 320) == ""
    # The form that came with the answer sends as the first one did.
    tab.get_by_label("CSV file").set_input_files(people("mended", 2))
    tab.get_by_role("button", name="Check the file").click()
    tab.wait_for_url(re.compile(r"/invitations/bulk/\d+$"))
    tab.get_by_role("button", name="Discard").click()


def test_a_refusal_without_the_form_keeps_the_form(window, places):
    tab = window(ORGANIZATION).new_page()
    summary = tab.locator(".error-summary")

    def is_refused(reason):
        tab.get_by_label("CSV file").set_input_files(people("refused", 2))
        tab.get_by_role("button", name="Check the file").click()
        # The summary of the time before stands until the answer is there.
        tab.locator(".error-summary", has_text=reason).wait_for()
        assert tab.evaluate("document.activeElement.className") == "error-summary"
        assert tab.locator("[data-upload-progress]").is_hidden()

    open_form(tab, places)
    tab.route("**/invitations/bulk", lambda route: route.abort("connectionreset"))
    is_refused("The connection was lost")
    tab.unroute("**/invitations/bulk")
    tab.locator("form[data-upload]").evaluate("form => { form.dataset.upload = '10'; }")
    is_refused("larger than 100 MB")
    tab.locator("form[data-upload]").evaluate("form => { form.dataset.upload = '1000000'; form.elements.csrf.value = 'old'; }")
    is_refused("This form is out of date")
    assert summary.count() == 1 and tab.get_by_label("CSV file").count() == 1
    assert checks.violations(tab) == [] and checks.sideways(tab, 320) == ""
