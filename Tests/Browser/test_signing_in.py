"""Signing in and out, and setting a first password, as a person does it."""

import re

import pytest
from conftest import sign_in
from pages import ACCOUNT_TEAM, ORGANIZATION, PROGRAM
from server import PASSWORD

import checks

with_and_without_javascript = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


@with_and_without_javascript
def test_a_wrong_password_says_so_and_keeps_the_email(window, server, checker, script):
    tab = window(java_script_enabled=script).new_page()
    email = server.emails[ORGANIZATION]
    with tab.expect_response(lambda answer: answer.request.method == "POST") as posted:
        sign_in(tab, email, "not the password")
    assert posted.value.status == 422
    assert tab.title().startswith("Error: ")
    assert tab.get_by_role("alert").is_visible()
    assert tab.get_by_label("Email").input_value() == email
    assert tab.get_by_label("Password").input_value() == ""
    assert checker.errors(posted.value.text()) == []
    assert not script or checks.violations(tab) == []
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    assert "/sign-in" not in tab.url


def test_an_unknown_email_gets_the_same_answer(window, server):
    told = []
    for email in (server.emails[PROGRAM], "nobody@nowhere.example"):
        tab = window().new_page()
        sign_in(tab, email, "not the password")
        told.append(tab.get_by_role("alert").inner_text())
    assert told[0] == told[1]


@with_and_without_javascript
def test_the_way_leads_back_to_the_page_asked_for(window, server, places, script):
    tab = window(java_script_enabled=script).new_page()
    wanted = "/o/{organization}/programs/{program}/members?q=a&sort=email".format(**places)
    sign_in(tab, server.emails[PROGRAM], PASSWORD, wanted)
    assert tab.url == server.address + wanted


@pytest.mark.parametrize("path", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"])
def test_the_way_never_leads_elsewhere(window, server, path):
    tab = window().new_page()
    sign_in(tab, server.emails[ORGANIZATION], PASSWORD, "/sign-in?return=" + path.replace("\\", "%5C"))
    assert tab.url.startswith(server.address + "/o/")


def test_the_session_cookie_is_out_of_reach(window, server):
    context = window()
    sign_in(context.new_page(), server.emails[ORGANIZATION], PASSWORD)
    cookies = context.cookies()
    assert cookies and all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in cookies)


@with_and_without_javascript
def test_signing_out_ends_the_session_on_the_server(window, server, places, script):
    context = window(java_script_enabled=script)
    tab = context.new_page()
    sign_in(tab, server.emails[ORGANIZATION], PASSWORD)
    before = context.storage_state()
    tab.get_by_role("button", name="Sign out").click()
    assert "/sign-in" in tab.url
    stolen = window(java_script_enabled=script)
    stolen.add_cookies(before["cookies"])
    answer = stolen.request.get("/o/{organization}".format(**places), max_redirects=0)
    assert answer.status == 303


def test_a_form_from_elsewhere_is_refused(window):
    """Neither a request without the form's token nor one that another site caused changes anything."""
    context = window(ORGANIZATION)
    assert context.request.post("/sign-out", form={}).status == 403
    tab = context.new_page()
    tab.goto("/")
    token = tab.locator("input[name=csrf]").first.get_attribute("value")
    answer = context.request.post("/sign-out", form={"csrf": token}, headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    assert context.request.get("/", max_redirects=0).headers.get("location", "").startswith("/o/")


@with_and_without_javascript
def test_a_link_sets_the_first_password_once(window, server, checker, places, script):
    email = f"first-password-{script}@northwind.example".lower()
    printed = server.command("admin", "create", "--email", email, "--name", "Zoë O'Brien", "--role", "organization",
                             "--organization", places["organization"])
    link = "/" + re.search(r"https?://[^/\s]+/(\S+)", printed).group(1)
    tab = window(java_script_enabled=script).new_page()
    answer = tab.goto(link)
    assert answer.status == 200
    assert checker.errors(answer.text()) == []
    assert not script or checks.violations(tab) == []

    def fill(first, second):
        for field, text in zip(tab.locator("input[type=password]").all(), (first, second), strict=True):
            field.fill(text)
        tab.get_by_role("button", name="Set password").click()

    fill("short", "short")
    assert tab.title().startswith("Error: ")
    fill("a long enough password", "another one altogether")
    assert tab.title().startswith("Error: ")
    fill("a long enough password", "a long enough password")
    assert not tab.title().startswith("Error: ")
    fresh = window(java_script_enabled=script).new_page()
    sign_in(fresh, email, "a long enough password")
    assert "/sign-in" not in fresh.url
    again = window().new_page()
    again.goto(link)
    assert again.locator("input[type=password]").count() == 0, "the link works only once"
    assert checks.violations(again) == []


@with_and_without_javascript
def test_the_account_team_enters_an_organization_and_leaves_it(window, places, script):
    tab = window(ACCOUNT_TEAM, java_script_enabled=script).new_page()
    tab.goto("/organizations")
    tab.locator(f"main a[href='/o/{places['organization']}']").click()
    bar = tab.get_by_role("region", name="Account team")
    assert bar.is_visible()
    bar.get_by_role("link").click()
    assert tab.url.endswith("/organizations")
    assert tab.get_by_role("region", name="Account team").count() == 0


@with_and_without_javascript
def test_the_theme_is_a_choice_that_stays(window, places, script):
    tab = window(ORGANIZATION, java_script_enabled=script).new_page()
    tab.goto("/o/{organization}/programs?q=a".format(**places))
    asked = tab.url
    for theme in ("Dark", "Light"):
        with tab.expect_response(lambda answer: answer.url.endswith("/theme")):
            tab.get_by_role("button", name=theme).click()
        tab.wait_for_url(asked)
        tab.reload()
        assert tab.locator("html").get_attribute("data-theme") == theme.lower()
    dark = tab.evaluate("getComputedStyle(document.body).colorScheme")
    assert "light" in dark
