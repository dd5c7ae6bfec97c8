"""The coaching of a large customer as CSV files, the same ones in every month: 100,000 engagements with some seven sessions each."""

import datetime
import os
import random

from dataset import FIRST, LAST, Table

COACHES_HEADER = ["Name", "Email", "Platform Coach", "Time Zone", "Languages", "Biography", "Credentials", "Meeting Link", "Session Minutes",
                  "Capacity", "Working Hours", "Deactivated"]
ENGAGEMENTS_HEADER = [
    "Name", "Email", "External ID", "Group", "Company Purchase", "360 Assessment", "Survey", "Date Launched", "Engagement End Date", "First Log In",
    "Profile", "Self Assessment", "Survey Completed", "Coach Email", "Coach Changed", "Coaching Plan", "Manager Feedback CP", "Focus Areas", "Goals",
    "Goals Achieved", "Goals Assessed", "Remeasurement", "Remeasurement Opened", "Self Remeasurement", "Remeasurement Survey", "Paused Date",
    "Date Unpause", "Date Deactivated", "Engagement Extended Date", "Admin Notes", "Duration", "Minimum Invited", "Minimum Answered", "Maximum Invited"]
SESSIONS_HEADER = ["Session ID", "Email", "Coach Email", "Start", "End", "State", "Canceled", "Canceled By", "Manager Attended", "Rating", "Comment",
                   "Meeting Link"]
PURCHASE, GROUPS, COACHES = "Coaching", 12, 200
SKILLS = ["Delegation", "Feedback", "Listening", "Presence", "Priorities", "Strategy", "Trust"]
# The columns of the Learners page by the words that addresses have for them; the first list is served by an index in every tab.
INDEXED = ["name", "email", "date-launched", "engagement-end", "stage", "coach-name", "last-session", "next-session"]
OTHERS = [
    "first-log-in", "profile", "self-assessment", "360-invited", "360-completed", "survey", "coach-assigned", "coach-changed", "sessions-completed",
    "sessions-remaining", "late-cancels", "manager-sessions", "average-rating", "total-ratings", "coaching-plan", "manager-feedback",
    "focus-area-count", "focus-area", "remeasurement-opened", "remeasurement-completed", "goal-percentage", "nps", "notes", "last-late-cancel",
    "focus-areas-selected", "coaching-plan-complete", "self-remeasurement", "360-remeasurement-completed", "goal-completion", "remeasurement-survey",
    "impact-report", "paused", "unpaused", "deactivated", "first-session", "extended", "group"]
STAGES = ["onboarding", "steady-state", "remeasurement", "paused", "deactivated", "completed"]


TODAY = datetime.datetime.now(datetime.timezone.utc)
START = TODAY.year * 12 + TODAY.month - 1 - 23  # nothing that has happened lies ahead: month 22 is the one before this


def moment(month, day, hour=9):
    """A moment in a month counted from 23 months ago."""
    year, month = divmod(START + month, 12)
    return f"{year}-{month + 1:02}-{day:02}T{hour:02}:00:00.000Z"


def build(folder, engagements):
    """Writes the files unless they are there already; returns their paths by kind."""
    paths = {kind: os.path.join(folder, f"{kind}-{engagements}-{moment(22, 1)[:7]}.csv") for kind in ("coaches", "engagements", "coaching-sessions")}
    if all(os.path.exists(path) for path in paths.values()):
        return paths
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(11)
    coaches = [f"coach{n}@bench.example" for n in range(COACHES)]
    with Table(paths["coaches"], COACHES_HEADER) as table:
        for n, email in enumerate(coaches):
            table.writerow([f"{rng.choice(FIRST)} {rng.choice(LAST)}", email, "Yes" if n % 2 else "No", "Europe/Berlin", "English", "", "", "", 60, "",
                            "Mon-Fri 09:00-17:00", ""])
    with Table(paths["engagements"], ENGAGEMENTS_HEADER) as table, Table(paths["coaching-sessions"], SESSIONS_HEADER) as sessions:
        for n in range(engagements):
            write_engagement(rng, n, coaches, table, sessions)
    return paths


def write_engagement(rng, n, coaches, table, sessions):
    """One engagement; launched some months ago, with a session in each month since."""
    email, coach, launched = f"coached{n * 7919 % 1_000_003}@bench.example", rng.choice(coaches), rng.randint(6, 21)
    done = rng.random() < 0.9
    paused, deactivated = rng.random() < 0.04, rng.random() < 0.05
    goals = [f"Goal {rng.randint(1, 500)}", f"Aim {rng.randint(1, 500)}"]
    day = rng.randint(1, 27)  # sessions are on the 28th, none before the launch
    table.writerow([
        f"{rng.choice(FIRST)} {rng.choice(LAST)} {n}", email, f"C{n:06}", f"Group {rng.randint(1, GROUPS)}", PURCHASE, "", "", moment(launched, day),
        moment(launched + 12, day), moment(launched, day, 11) if done else "", moment(launched, day, 12) if done else "",
        moment(launched, day, 13) if rng.random() < 0.7 else "", moment(launched, day, 14) if rng.random() < 0.6 else "", coach,
        "Yes" if rng.random() < 0.1 else "No", rng.choice(["None", "Begun", "Complete"]), rng.choice(["Yes", "No"]),
        "; ".join(rng.sample(SKILLS, rng.randint(0, 3))), "; ".join(goals), goals[0] if rng.random() < 0.5 else "", "",
        "Yes" if rng.random() < 0.7 else "No", "", "", "", moment(22, 1) if paused else "", "", moment(22, 2) if deactivated else "", "",
        f"Note {n}" if rng.random() < 0.2 else "", "", "", "", ""])
    if not done:
        return
    for number, month in enumerate(range(launched, min(launched + 12, 22))):
        hour, kind = rng.randint(6, 18), rng.random()
        start, end = moment(month, 28, hour), moment(month, 28, hour + 1)
        state = "Completed" if kind < 0.9 else "Late Canceled" if kind < 0.95 else "Missed"
        late = state == "Late Canceled"
        sessions.writerow([f"{n}-{number}", email, coach, start, end, state, moment(month, 28, hour - 3) if late else "", "Learner" if late else "",
                           "Yes" if state == "Completed" and rng.random() < 0.1 else "No",
                           rng.randint(3, 5) if state == "Completed" and rng.random() < 0.7 else "", "", ""])
