"""Who may see what: the right people get the page, the wrong ones the page that a wrong address gets."""

import pytest
from conftest import sign_in
from pages import ACCOUNT_TEAM, ADMINISTRATORS, DOWNLOADS, NOWHERE, ORGANIZATION, PAGES, PROGRAM, name, refused

PROTECTED = [page for page in PAGES + DOWNLOADS if not page.signed_out]


@pytest.mark.parametrize(("role", "page"), list(refused(PAGES + DOWNLOADS)), ids=name)
def test_the_wrong_role_is_refused(window, places, role, page):
    answer = window(role).request.get(page.path.format(**places), max_redirects=0)
    assert answer.status in (403, 404)
    assert "text/html" in answer.headers["content-type"]


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_what_does_not_exist_is_not_found(window, checker, places, role, path):
    context = window(role)
    answer = context.request.get(path.format(**places), max_redirects=0)
    assert answer.status == 404
    assert checker.errors(answer.text()) == []


def test_another_organization_looks_like_none(window, visitors, places):
    """The page of an organization that exists, asked for by an administrator of another, differs in nothing from that of one that does not."""
    team = window(ACCOUNT_TEAM).new_page()
    team.goto("/organizations")
    links = team.locator("main tbody th a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    others = [link for link in links if link.startswith("/o/") and link != f"/o/{places['organization']}"]
    assert others, "the demo has other organizations"
    for role in (ORGANIZATION, PROGRAM):
        asked = window(role).request
        for suffix in ("", "/programs", "/users", "/users.csv", "/reports/usage-report.csv"):
            foreign, nowhere = (asked.get(base + suffix, max_redirects=0) for base in (others[0], "/o/no-such-organization"))
            assert foreign.status == nowhere.status == 404
            assert without_request_id(foreign.text()) == without_request_id(nowhere.text()).replace("/o/no-such-organization", others[0])


def without_request_id(html):
    head, _, rest = html.partition('id="request-id">')
    return head + rest.partition("<")[2]


@pytest.mark.parametrize("page", PROTECTED, ids=name)
def test_a_visitor_is_led_to_sign_in(window, places, page):
    answer = window().request.get(page.path.format(**places), max_redirects=0)
    assert answer.status == 303
    assert answer.headers["location"].startswith("/sign-in?return=%2F")


@pytest.mark.parametrize("page", PROTECTED, ids=name)
def test_a_page_is_only_got(window, places, page):
    answer = window(ACCOUNT_TEAM).request.delete(page.path.format(**places))
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]


def test_an_error_page_leads_on(window, places):
    tab = window(ORGANIZATION).new_page()
    tab.goto("/o/{organization}/nothing-here".format(**places))
    tab.get_by_role("main").get_by_role("link").first.click()
    assert tab.get_by_role("heading", level=1).is_visible()
    assert "nothing-here" not in tab.url


@pytest.mark.parametrize("role", [ORGANIZATION, PROGRAM])
def test_the_way_in_leads_home(window, server, places, role):
    tab = window().new_page()
    sign_in(tab, server.emails[role], "browser tests only 7")
    assert tab.url == f"{server.address}/o/{places['organization']}"
