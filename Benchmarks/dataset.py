"""A large customer as three CSV files, the same ones every time: 100,000 learners, 1,000,000 enrollments in two programs."""

import csv
import os
import random

FIRST = ["Maya", "Tomás", "Priya", "Jonas", "Amara", "Li", "Sofía", "Daniel", "Hana", "Oliver", "Fatima", "Noah", "Zoë", "王", "Ines", "Björn"]
LAST = ["Lindqvist", "Herrera", "Raman", "O'Brien", "Nwosu", "Wei", "Rossi", "Cohen", "Sato", "Grant", "Zahra", "Keller", "Müller", "伟", "Osei"]
UNITS = ["Product", "Sales", "Engineering", "Operations", "Finance", "Legal"]
TITLES = ["Software Engineer II", "Account Manager", "Analyst", "Team Lead", "Designer", "Counsel", "Director"]
PLACES = [("Toronto", "Canada", "Ontario"), ("London", "United Kingdom", "England"), ("Berlin", "Germany", "Berlin"), ("Lagos", "Nigeria", "Lagos"),
          ("Osaka", "Japan", "Kansai"), ("São Paulo", "Brazil", "São Paulo")]
ATTRIBUTES = ["Manager Name", "Manager Email", "Job Title", "Job Type", "Business Unit", "Business Unit 2", "Location City", "Location Country",
              "Location Region"]
COURSES_HEADER = ["Course", "Course ID", "Course Slug", "University", "Domain", "Skill"]
MEMBERSHIP_HEADER = ["Name", "Email", "External Id", "Program Name", "Program Slug", "# Enrolled Courses", "# Completed Courses", "Member State",
                     "Join Date", "Invitation Date", "Last Activity Time", "Contract(s)"] + ATTRIBUTES
USAGE_HEADER = ["Name", "Email", "External Id", "Course", "Course ID", "Course Slug", "University", "Enrollment Time", "Class Start Time",
                "Last Course Activity Time", "Overall Progress", "Estimated Learning Hours", "Completed", "Removed From Program", "Program Slug",
                "Program Name", "Enrollment Source", "Completion Time", "Course Grades", "Contract"] + ATTRIBUTES
INVITATIONS_HEADER = ["Full Name", "Email", "External ID"]
PROGRAMS = [("everyone", "Everyone learns", 1.0, 8), ("leaders", "Emerging leaders", 0.2, 10)]  # slug, name, share of learners, courses each
COURSES = 30
INVITED = 0.05  # invitees who have not joined, for each learner


def moment(rng, year):
    return f"{year}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}.000Z"


def build(folder, learners):
    """Writes the files unless they are there already; returns their paths by kind."""
    paths = {kind: os.path.join(folder, f"{kind}-{learners}.csv") for kind in ("courses", "membership-report", "usage-report")}
    if all(os.path.exists(path) for path in paths.values()):
        return paths
    os.makedirs(folder, exist_ok=True)
    rng = random.Random(7)
    courses = [[f"Course {n:02}", f"C-{n:03}", f"course-{n:02}", "Open Academy", UNITS[n % 6], f"Skill {n % 9}"] for n in range(COURSES)]
    with Table(paths["courses"], COURSES_HEADER) as table:
        table.writerows(courses)
    with Table(paths["membership-report"], MEMBERSHIP_HEADER) as members, Table(paths["usage-report"], USAGE_HEADER) as usage:
        for n in range(int(learners * (1 + INVITED))):
            person = [f"{rng.choice(FIRST)} {rng.choice(LAST)} {n}", f"user{n * 7919 % 1_000_003}@bench.example", f"E{n:06}"]
            place = rng.choice(PLACES)
            boss = rng.randint(1, 400)
            attributes = [f"Manager {boss}", f"manager{boss}@bench.example", rng.choice(TITLES), rng.choice(["Full Time", "Part Time"]),
                          rng.choice(UNITS), f"Unit {rng.randint(1, 40)}", *place]
            for slug, title, share, per_learner in PROGRAMS:
                if n >= learners:
                    if slug == "everyone":
                        members.writerow(person + [title, slug, 0, 0, "INVITED", "", moment(rng, 2025), "", "Everyone 2025"] + attributes)
                elif n < learners * share:
                    write_member(rng, members, usage, person, attributes, slug, title, rng.sample(courses, per_learner))
    return paths


def write_member(rng, members, usage, person, attributes, slug, title, courses):
    removed = slug == "leaders" and rng.random() < 0.02
    contract, last, completions = f"{title} 2025", "", 0
    for name, identifier, course_slug, university, _, _ in courses:
        completed = rng.random() < 0.3
        completions += completed
        active = moment(rng, 2026) if rng.random() < 0.9 else ""
        last = max(last, active)
        usage.writerow(person + [
            name, identifier, course_slug, university, moment(rng, 2025), "2025-01-06T09:00:00.000Z", active,
            "100.00" if completed else f"{rng.randint(0, 9999) / 100:.2f}", f"{rng.randint(0, 4000) / 100:.2f}", "Yes" if completed else "No",
            "Yes" if removed else "No", slug, title, "", moment(rng, 2026) if completed else "",
            f"{rng.randint(4000, 10000) / 100:.2f}" if completed else "", contract] + attributes)
    members.writerow(person + [title, slug, len(courses), completions, "DELETED_MEMBER" if removed else "MEMBER", moment(rng, 2025),
                               "2024-12-01T08:00:00.000Z", last, contract] + attributes)


def invitations(folder, people, name):
    """Writes a file of people whom nobody knows yet, in no order, unless it is there already; returns its path."""
    path = os.path.join(folder, f"invitations-{name}-{people}.csv")
    if not os.path.exists(path):
        rng = random.Random(name)
        with Table(path, INVITATIONS_HEADER) as table:
            for n in rng.sample(range(people), people):
                table.writerow([f"{rng.choice(FIRST)} {rng.choice(LAST)} {n}", f"{name}{n}@invited.example", f"{name}-{n:06}"])
    return path


class Table:
    """A CSV file that takes its name only once it is whole."""

    def __init__(self, path, header):
        self.path, self.header = path, header

    def __enter__(self):
        self.file = open(self.path + ".part", "w", newline="", encoding="utf-8", buffering=1 << 20)
        writer = csv.writer(self.file)
        writer.writerow(self.header)
        return writer

    def __exit__(self, kind, *_):
        self.file.close()
        if kind is None:
            os.replace(self.path + ".part", self.path)
