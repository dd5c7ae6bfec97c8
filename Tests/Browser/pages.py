"""Every page of the product and who may see it: one line a page. A page that is missing here is not tested."""

from dataclasses import dataclass

ACCOUNT_TEAM, ORGANIZATION, PROGRAM, COACH, NOBODY = "account-team", "organization", "program", "coach", "nobody"
ADMINISTRATORS = (ACCOUNT_TEAM, ORGANIZATION, PROGRAM)


@dataclass(frozen=True)
class Page:
    """A page, by its path with the places of `conftest.places` left open, such as `{organization}` and `{program}`."""

    name: str
    path: str
    seen_by: tuple = ADMINISTRATORS
    signed_out: bool = False  # also shown to someone who is not signed in
    status: int = 200


# Of each list the way it opens is looked at with the usual number of rows, and what differs from that with the least.
PAGES = [
    Page("sign-in", "/sign-in", (), signed_out=True),
    Page("organizations", "/organizations", (ACCOUNT_TEAM,)),
    Page("home", "/o/{organization}"),
    Page("programs", "/o/{organization}/programs"),
    Page("program", "/o/{organization}/programs/{program}"),
    Page("members", "/o/{organization}/programs/{program}/members"),
    Page("members-second-page", "/o/{organization}/programs/{program}/members?page=2&size=20"),
    Page("members-none-found", "/o/{organization}/programs/{program}/members?q=zzzzzz"),
    Page("members-filtered", "/o/{organization}/programs/{program}/members?q=a&sort=email&size=20"),
    Page("remove-members", "/o/{organization}/programs/{program}/members/removal?all=1"),
    Page("other-program", "/o/{organization}/programs/{other_program}", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("other-members", "/o/{organization}/programs/{other_program}/members?size=20", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("invitations", "/o/{organization}/programs/{program}/invitations"),
    Page("invitations-filtered", "/o/{organization}/programs/{program}/invitations?state=failed&sort=name&columns=state&columns=expires&size=20"),
    Page("invitations-none-found", "/o/{organization}/programs/{program}/invitations?q=zzzzzz"),
    Page("resend", "/o/{organization}/programs/{program}/invitations/resend?all=1"),
    Page("revoke", "/o/{organization}/programs/{program}/invitations/revocation?all=1"),
    Page("other-invitations", "/o/{organization}/programs/{other_program}/invitations?size=20", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("invite-one", "/o/{organization}/invitations/new?program={program}"),
    Page("invite-from-a-file", "/o/{organization}/invitations/bulk?program={program}"),
    Page("invite-choose-program", "/o/{organization}/invitations/bulk"),
    Page("invitation-message", "/o/{organization}/programs/{program}/invitations/message"),
    Page("invitation-preview", "/o/{organization}/programs/{program}/invitations/preview"),
    Page("program-settings", "/o/{organization}/programs/{program}/settings"),
    Page("other-program-settings", "/o/{organization}/programs/{other_program}/settings", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("program-removal", "/o/{organization}/programs/{program}/removal"),
    Page("users", "/o/{organization}/users", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("outbox", "/o/{organization}/outbox", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("outbox-none-found", "/o/{organization}/outbox?q=zzzzzz", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("email-settings", "/o/{organization}/settings/email", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("email-example", "/o/{organization}/settings/email/invitation", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("user", "/o/{organization}/users/8", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("erase-user", "/o/{organization}/users/8/erasure", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("outbox-of-a-person", "/o/{organization}/outbox?person=8", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("users-none-found", "/o/{organization}/users?q=zzzzzz", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("attributes", "/o/{organization}/users/attributes", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("contracts", "/o/{organization}/contracts", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("contracts-none-found", "/o/{organization}/contracts?q=zzzzzz", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("contract", "/o/{organization}/contracts/1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("contract-new", "/o/{organization}/contracts/new", (ACCOUNT_TEAM,)),
    Page("contract-edit", "/o/{organization}/contracts/1/edit", (ACCOUNT_TEAM,)),
    Page("program-new", "/o/{organization}/programs/new", (ACCOUNT_TEAM,)),
    Page("organization-new", "/organizations/new", (ACCOUNT_TEAM,)),
    Page("settings", "/o/{organization}/settings", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-pause", "/o/{organization}/user-metrics/learners/pause?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-deactivation", "/o/{organization}/user-metrics/learners/deactivation?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-reactivation", "/o/{organization}/user-metrics/learners/reactivation?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-resumption", "/o/{organization}/user-metrics/learners/resumption?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-extension", "/o/{organization}/user-metrics/learners/extension?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-extension-settled", "/o/{organization}/user-metrics/learners/extension?all=1&days=9", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-coach", "/o/{organization}/user-metrics/learners/coach?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-note", "/o/{organization}/user-metrics/learners/note?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-remeasurement", "/o/{organization}/user-metrics/learners/remeasurement?all=1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner-undo", "/o/{organization}/user-metrics/learners/restoration", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learners-add", "/o/{organization}/user-metrics/learners/new", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learners", "/o/{organization}/user-metrics/learners", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learners-filtered", "/o/{organization}/user-metrics/learners?stage=steady-state&q=a&sort=-coach-name&columns=notes&columns=average-rating&size=20",
         (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learners-none-found", "/o/{organization}/user-metrics/learners?q=zzzzzz", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learners-export", "/o/{organization}/user-metrics/learners/export?stage=paused", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("learner", "/o/{organization}/user-metrics/learners/1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("saved-views", "/o/{organization}/user-metrics/learners/views", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("save-view", "/o/{organization}/user-metrics/learners/views/new?stage=paused", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("platform-coaches-metrics", "/o/{organization}/user-metrics/platform-coaches", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("platform-coaches-none-found", "/o/{organization}/user-metrics/platform-coaches?q=zzzzzz", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("platform-coach", "/o/{organization}/user-metrics/platform-coaches/1", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("organization-coaches", "/o/{organization}/user-metrics/organization-coaches", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("organization-coaches-all", "/o/{organization}/user-metrics/organization-coaches?state=all&sort=-capacity&columns=state&columns=nps&columns=capacity",
         (ACCOUNT_TEAM, ORGANIZATION)),
    Page("organization-coaches-none-found", "/o/{organization}/user-metrics/organization-coaches?q=zzzzzz", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("organization-coach", "/o/{organization}/user-metrics/organization-coaches/6", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("organization-coach-onboarding", "/o/{organization}/user-metrics/organization-coaches/8?learners=ever", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("organization-coach-deactivated", "/o/{organization}/user-metrics/organization-coaches/9?learners=ever", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coach-sessions", "/o/{organization}/user-metrics/organization-coaches/6/sessions", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coach-sessions-past", "/o/{organization}/user-metrics/organization-coaches/9/sessions?when=past", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("platform-coach-sessions", "/o/{organization}/user-metrics/platform-coaches/1/sessions", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("assign-learners", "/o/{organization}/user-metrics/organization-coaches/7/learners?q=a&size=20", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("deactivate-coach", "/o/{organization}/user-metrics/organization-coaches/6/deactivation", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("reactivate-coach", "/o/{organization}/user-metrics/organization-coaches/9/reactivation", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coaching-groups", "/o/{organization}/coaching/groups", (ACCOUNT_TEAM,)),
    Page("coaching-group-new", "/o/{organization}/coaching/groups/new", (ACCOUNT_TEAM,)),
    Page("coaching-purchases", "/o/{organization}/coaching/purchases", (ACCOUNT_TEAM,)),
    Page("coaching-purchase-new", "/o/{organization}/coaching/purchases/new", (ACCOUNT_TEAM,)),
    Page("coaching-assessments", "/o/{organization}/coaching/assessments", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coaching-assessment-new", "/o/{organization}/coaching/assessments/new", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coaching-surveys", "/o/{organization}/coaching/surveys", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coaching-survey-new", "/o/{organization}/coaching/surveys/new", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coaching-coaches", "/o/{organization}/coaching/coaches", (ACCOUNT_TEAM,)),
    Page("coaching-coach-new", "/o/{organization}/coaching/coaches/new", (ACCOUNT_TEAM,)),
    Page("platform-assessments", "/coaching/assessments", (ACCOUNT_TEAM,)),
    Page("platform-surveys", "/coaching/surveys", (ACCOUNT_TEAM,)),
    Page("platform-survey-new", "/coaching/surveys/new", (ACCOUNT_TEAM,)),
    Page("platform-coaches", "/coaching/coaches", (ACCOUNT_TEAM,)),
    Page("platform-coach-new", "/coaching/coaches/new", (ACCOUNT_TEAM,)),
    Page("focus-skills", "/coaching/focus-skills", (ACCOUNT_TEAM,)),
    Page("focus-skill-new", "/coaching/focus-skills/new", (ACCOUNT_TEAM,)),
    Page("coach-availability", "/o/{organization}/user-metrics/organization-coaches/{own_coach}/availability", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coach-calendar", "/coach/{coach}", (COACH,)),
    Page("coach-calendar-elsewhere", "/coach/{coach}?week=2027-03-24&zone=Europe/Berlin", (COACH,)),
    Page("coach-profile", "/coach/{coach}/profile", (COACH,)),
    Page("coach-hours", "/coach/{coach}/hours", (COACH,)),
    Page("coach-time-off", "/coach/{coach}/time-off", (COACH,)),
    Page("coach-learners", "/coach/{coach}/learners", (COACH,)),
    Page("coach-learners-none-found", "/coach/{coach}/learners?q=zzzzzz", (COACH,)),
    Page("coach-learner", "/coach/{coach}/learners/{engagement}", (COACH,)),
    Page("coach-sessions", "/coach/{coach}/sessions", (COACH,)),
    Page("coach-sessions-past", "/coach/{coach}/sessions?tab=past", (COACH,)),
    Page("coach-session", "/coach/{coach}/sessions/{session}", (COACH,)),
    Page("coach-schedule", "/coach/{coach}/sessions/new", (COACH,)),
    Page("coach-schedule-slot", "/coach/{coach}/sessions/new?learner={engagement}", (COACH,)),
]

# What is no page, or nobody's: the answer is the same page that a wrong address gets.
NOWHERE = [
    "/o/{organization}/nothing-here",
    "/o/no-such-organization",
    "/o/no-such-organization/users",
    "/o/{organization}/programs/no-such-program",
    "/o/{organization}/programs/no-such-program/members",
    "/o/{organization}/programs/no-such-program/invitations",
    "/o/{organization}/programs/{program}/invitations/999999999",
    "/o/{organization}/invitations/bulk/999999999",
    "/nothing-here",
]

DOWNLOADS = [
    Page("members.csv", "/o/{organization}/programs/{program}/members.csv"),
    Page("outbox.csv", "/o/{organization}/outbox.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("invitations.csv", "/o/{organization}/programs/{program}/invitations.csv?state=open"),
    Page("users.csv", "/o/{organization}/users.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("emails, no enrollments", "/o/{organization}/programs/{program}/members/emails.csv?category=no-enrollments"),
    Page("emails, enrolled", "/o/{organization}/programs/{program}/members/emails.csv?category=enrolled-without-completion"),
    Page("emails, completed", "/o/{organization}/programs/{program}/members/emails.csv?category=completed"),
    Page("learners.csv", "/o/{organization}/user-metrics/learners.csv?stage=steady-state", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("platform-coaches.csv", "/o/{organization}/user-metrics/platform-coaches.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("organization-coaches.csv", "/o/{organization}/user-metrics/organization-coaches.csv?state=all", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("contracts.csv", "/o/{organization}/contracts.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("ledger.csv", "/o/{organization}/contracts/1/ledger.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coaching groups.csv", "/o/{organization}/coaching/groups.csv", (ACCOUNT_TEAM,)),
    Page("purchases.csv", "/o/{organization}/coaching/purchases.csv", (ACCOUNT_TEAM,)),
    Page("assessments.csv", "/o/{organization}/coaching/assessments.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("surveys.csv", "/o/{organization}/coaching/surveys.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("coaches.csv", "/o/{organization}/coaching/coaches.csv", (ACCOUNT_TEAM,)),
    Page("platform coaches.csv", "/coaching/coaches.csv", (ACCOUNT_TEAM,)),
    Page("focus-skills.csv", "/coaching/focus-skills.csv", (ACCOUNT_TEAM,)),
    Page("usage report", "/o/{organization}/reports/usage-report.csv"),
    Page("usage report of a program", "/o/{organization}/reports/usage-report.csv?program={program}"),
    Page("membership report", "/o/{organization}/reports/membership-report.csv"),
    Page("other members.csv", "/o/{organization}/programs/{other_program}/members.csv", (ACCOUNT_TEAM, ORGANIZATION)),
    Page("usage report of the other program", "/o/{organization}/reports/usage-report.csv?program={other_program}",
         (ACCOUNT_TEAM, ORGANIZATION)),
]


def seen(pages=None):
    """(role, page) for everyone who may see a page, the signed-out visitor included."""
    for page in pages or PAGES:
        if page.signed_out:
            yield NOBODY, page
        for role in page.seen_by:
            yield role, page


def seen_once(pages=None):
    """(role, page) for every page once, the roles that may see it taking turns."""
    for number, page in enumerate(pages or PAGES):
        roles = (NOBODY,) * page.signed_out + page.seen_by
        yield roles[number % len(roles)], page


def refused(pages=None):
    """(role, page) for every administrator and coach who may not see a page."""
    for page in pages or PAGES:
        for role in (*ADMINISTRATORS, COACH):
            if role not in page.seen_by and not page.signed_out:
                yield role, page


def name(value):
    """How a test's title calls a role or a page."""
    return value.name if isinstance(value, Page) else str(value)
