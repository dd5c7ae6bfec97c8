#!/usr/bin/env python3
"""Measures pages, imports and exports on a large customer and compares the latter two with the database's own tool, in one run.

usage: bench.py [--learners 100000] [--folder .build/bench] [--quick]      (Scripts/bench.sh installs, builds and calls this)
"""

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time

import coaching
from dataset import COURSES_HEADER, MEMBERSHIP_HEADER, USAGE_HEADER, build, invitations
from program import EMAIL, PASSWORD, Program, share
from shells import PostgreSQL, SQLite

HERE = os.path.dirname(os.path.abspath(__file__))
ORGANIZATION, EVERYONE, INVITED = "bench", "everyone", "invited"
COACHED = "coached"  # the organization whose people are coached
ADDED = 5000  # who are added to its coaching at once
MORE_COLUMNS = ["joined", "invited", "external-id", "manager-email", "location-city"]  # those of the same kind cost the same
# Served by an index; every other order reads the whole list once.
INDEXED_SORTS = {"Members": {"name", "email", "last-activity", "enrollments", "completions"}, "Users": {"name", "email", "last-activity"}}
KEYS = {"membership-report": ["Program Slug", "Email"], "usage-report": ["Program Slug", "Email", "Course ID"]}
HEADERS = {"courses": COURSES_HEADER, "membership-report": MEMBERSHIP_HEADER, "usage-report": USAGE_HEADER}

missed = []


def line(what, figure, good=None, target=""):
    """Prints one measurement, with whether it meets its target."""
    verdict = "" if good is None else ("  ok" if good else "  MISSED") + f" (target {target})"
    if good is False:
        missed.append(what)
    print(f"  {what:<58} {figure}{verdict}", flush=True)


def heading(text):
    print(f"\n{text}", flush=True)


def set_up(program):
    program.command("migrate")
    program.command("organization", "create", "--slug", ORGANIZATION, "--name", "Bench")
    program.command("admin", "create", "--email", EMAIL, "--name", "Administrator", "--role", "organization", "--organization", ORGANIZATION,
                    stdin=PASSWORD + "\n")


def measure_import(program, shell, files):
    heading("Import (seconds; the yardstick stages and upserts the same file, without checks, counters or audit)")
    small = program.command("import", "courses", files["courses"], "--organization", ORGANIZATION)
    for kind in ("membership-report", "usage-report"):
        rows = sum(1 for _ in open(files[kind], "rb")) - 1
        done = program.command("import", kind, files[kind], "--organization", ORGANIZATION)
        yardstick = shell.import_seconds(files[kind], HEADERS[kind], KEYS[kind])
        ratio = done.seconds / yardstick
        line(f"{kind}, {rows:,} rows", f"{done.seconds:7.2f} / {yardstick:.2f} = {ratio:.2f} ×", ratio <= 2, "≤ 2 ×")
        line("  peak memory beyond a small import", f"{done.megabytes - small.megabytes:7.0f} MB", done.megabytes - small.megabytes <= 100, "≤ 100 MB")
        again = program.command("import", kind, files[kind], "--organization", ORGANIZATION)
        line("  the same file again", f"{again.seconds:7.2f}")


def measure_coaching(program, shell, folder, engagements):
    """Imports the coaching of an organization of its own, and exports its learners."""
    files = coaching.build(folder, engagements)
    heading(f"Coaching: import and export of {engagements:,} engagements (seconds)")
    program.command("organization", "create", "--slug", COACHED, "--name", "Coached")
    program.command("admin", "create", "--email", EMAIL, "--name", "Administrator", "--role", "organization", "--organization", COACHED)
    shell.change(os.path.join(program.data, "provost.sqlite"), f"""
        INSERT INTO company_purchases (organization_id, name, licenses, sessions, created_at)
        SELECT id, '{coaching.PURCHASE}', {engagements + ADDED}, 20, '' FROM organizations WHERE slug = '{COACHED}';
        INSERT INTO coaching_groups (organization_id, name, remeasurement_days, created_at)
        SELECT id, 'Group 1', 30, '' FROM organizations WHERE slug = '{COACHED}';""")
    small = program.command("import", "coaches", files["coaches"], "--organization", COACHED)
    for kind in ("engagements", "coaching-sessions"):
        rows = sum(1 for _ in open(files[kind], "rb")) - 1
        done = program.command("import", kind, files[kind], "--organization", COACHED)
        line(f"{kind}, {rows:,} rows", f"{done.seconds:7.2f}")
        line("  peak memory beyond a small import", f"{done.megabytes - small.megabytes:7.0f} MB", done.megabytes - small.megabytes <= 100, "≤ 100 MB")
        again = program.command("import", kind, files[kind], "--organization", COACHED)
        line("  the same file again", f"{again.seconds:7.2f}")
    output = os.path.join(folder, "learners.csv")
    little = program.command("export", "learners", "--organization", COACHED, "--stage", "paused", "--column", "name", "--output", output)
    done = program.command("export", "learners", "--organization", COACHED, "--output", output)
    line("export of all 43 columns", f"{done.seconds:7.2f}")
    line("  peak memory beyond a small export", f"{done.megabytes - little.megabytes:7.0f} MB", done.megabytes - little.megabytes <= 100, "≤ 100 MB")


def learner_views(server, path, rows):
    """(what, address, limit of the row in SQLite and PostgreSQL) for the Learners page: tabs, sorts, filters, searches, pages near and far."""
    fast, slow = (10, 10), (40, 100)
    pages = {"": rows} | {stage: found(server.get(f"{path}?stage={stage}")) for stage in coaching.STAGES}
    for stage, count in pages.items():
        tab = f"stage={stage}&" if stage else ""
        yield f"tab {stage or 'all'}", f"{path}?{tab}", fast
        last = (count + PAGE - 1) // PAGE
        for key in coaching.INDEXED:
            for sort in (key, "-" + key):
                for place, number in (("first", 1), ("middle", last // 2), ("last", last)):
                    yield f"tab {stage or 'all'}, sort {sort}, {place} page", f"{path}?{tab}sort={sort}&page={number}", fast
    for key in coaching.OTHERS:
        for sort in (key, "-" + key):
            for place, number in (("first", 1), ("last", rows // PAGE)):
                yield f"sort {sort}, {place} page", f"{path}?sort={sort}&page={number}", slow
    group = re.search(r'name="group" value="(\d+)"', server.get(path))
    queries = [("search, many found", "q=an"), ("search, few found", "q=71%40"), ("search in other letters", "q=%E7%8E%8B"),
               ("search, none found", "q=zzzzzz"), ("a tab and a search", "stage=steady-state&q=li")]
    queries += [("a group", f"group={group.group(1)}"), ("a group, a tab and a search", f"group={group.group(1)}&stage=completed&q=a")] if group else []
    for what, query in queries:
        for sort in ("name", "-last-session", "average-rating"):
            yield f"{what}, by {sort}", f"{path}?{query}&sort={sort}", slow


def measure_learners(server, postgres, quick):
    path = f"/o/{COACHED}/user-metrics/learners"
    rows = found(server.get(path))
    heading(f"Learners, {rows:,} of them: tabs, sorts, filters, searches, pages (handler time in ms, one client)")
    for view, address, limits in learner_views(server, path, rows):
        times = server.handler_times(address, 10 if quick else 40)
        limit = limits[1 if postgres else 0]
        line(view, f"p50 {share(times, .5):6.2f}  p95 {share(times, .95):6.2f}  max {times[-1]:6.2f}", share(times, .95) <= limit, f"≤ {limit}")


def measure_adding(server, folder):
    heading(f"Learners added in bulk ({ADDED:,} people whom nobody knows; all rows and figures kept, a welcome mail for each)")
    new, outbox = f"/o/{COACHED}/user-metrics/learners/new", f"/o/{COACHED}/outbox"
    group = re.search(r'name="group" value="(\d+)"', server.get(new)).group(1)
    page = server.get(f"{new}?group={group}&way=file")
    purchase = re.search(rf'<option value="(\d+)"[^>]*>{coaching.PURCHASE}:', page).group(1)
    form = {"csrf": hidden(page, "csrf"), "group": group, "way": "file", "purchase": purchase, "duration-days": 180, "minimum-invited": 3,
            "minimum-answered": 3, "maximum-invited": 15, "remeasurement": "yes", "meeting-links": "platform", "language": "en"}
    mails = found(server.get(outbox))
    before = server.forget_peak()
    begun = time.monotonic()
    draft = server.post(new + "/file", form, invitations(folder, ADDED, "learners"))
    page = wait_for(server, draft, lambda page: draft + "/confirmation" in page)
    line("check of the file", f"{time.monotonic() - begun:7.2f} s")
    begun = time.monotonic()
    server.post(draft + "/confirmation", {"csrf": hidden(page, "csrf")})
    wait_for(server, draft, lambda page: "were added to coaching on" in page)
    line("writing it in one transaction", f"{time.monotonic() - begun:7.2f} s")
    line("  peak memory of the server, added", f"{server.peak_megabytes() - before:7.0f} MB")
    welcomed = found(server.get(outbox)) - mails
    line("  mails in the outbox", f"{welcomed:7,}", welcomed == ADDED, f"{ADDED:,}")


def measure_export(program, server, shell, folder):
    heading("Export of the usage report (seconds; the yardstick runs the same query)")
    with open(os.path.join(HERE, "usage-report.sql"), encoding="utf-8") as file:
        query = file.read()
    output = os.path.join(folder, "export.csv")
    server.get(f"/o/{ORGANIZATION}")
    before = server.peak_megabytes()
    ours, theirs = [], []
    for _ in range(3):
        ours.append(server.download(f"/o/{ORGANIZATION}/reports/usage-report.csv", output))
        theirs.append(shell.export_seconds(query, os.path.join(program.data, "provost.sqlite"), output + ".shell"))
    compare(output, output + ".shell")
    seconds, yardstick = sorted(took for took, _ in ours)[1], sorted(theirs)[1]
    line(f"{ours[0][1] / 1e6:,.0f} MB through HTTP", f"{seconds:7.2f} / {yardstick:.2f}, {yardstick / seconds:.2f} × as fast", yardstick >= 2 * seconds, "≥ 2 ×")
    line("  peak memory of the server, added", f"{server.peak_megabytes() - before:7.0f} MB", server.peak_megabytes() - before <= 100, "≤ 100 MB")


def compare(ours, theirs):
    """Both exports must hold the same rows, in any order, or the comparison says nothing."""
    found = [content(path) for path in (ours, theirs)]
    if found[0] != found[1]:
        sys.exit(f"the exports differ: {found[0][0]} and {found[1][0]} rows")


def content(path):
    """How many rows a CSV file has, and a sum over them that no order changes."""
    rows = total = 0
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            rows += 1
            total += hash(tuple(row))
    return rows, total


def measure_pages(server, quick):
    heading("Pages, default view (handler time in ms from the access log; pages a second with 16 clients)")
    program = f"/o/{ORGANIZATION}/programs/{EVERYONE}"
    for name, path in {"Home": f"/o/{ORGANIZATION}", "Programs": f"/o/{ORGANIZATION}/programs", "Program": program, "Members": program + "/members",
                       "Users": f"/o/{ORGANIZATION}/users"}.items():
        server.handler_times(path, 20)
        alone = server.handler_times(path, 100 if quick else 400)
        rate, crowd = server.pages_per_second(path, 16, 3 if quick else 8)
        line(f"{name}, one client", f"p50 {share(alone, .5):6.2f}  p95 {share(alone, .95):6.2f}  p99 {share(alone, .99):6.2f}", share(alone, .95) <= 10, "p95 ≤ 10")
        line(f"{name}, 16 clients", f"{rate:7,.0f} pages/s  p95 {share(crowd, .95):6.2f}  p99 {share(crowd, .99):6.2f}", rate >= 1000, "≥ 1,000")


def measure_bulk(program, server, folder, people):
    heading(f"Invitations in bulk ({people:,} people whom nobody knows; seconds until the next page shows them, all figures kept, a mail for each)")
    program.command("program", "create", "--organization", ORGANIZATION, "--slug", INVITED, "--name", "Invited")
    program.command("contract", "create", "--organization", ORGANIZATION, "--name", "Invited", "--kind", "unlimited", "--program", INVITED,
                    "--starts", "2020-01-01", "--ends", "2099-12-31")
    bulk, listed = f"/o/{ORGANIZATION}/invitations/bulk", f"/o/{ORGANIZATION}/programs/{INVITED}/invitations"
    for number, name in enumerate(("first", "second"), 1):
        path = invitations(folder, people, name)
        page = server.get(f"{bulk}?program={INVITED}")
        form = {key: hidden(page, key) for key in ("csrf", "program", "contract")}
        before = server.forget_peak()
        begun = time.monotonic()
        draft = server.post(bulk, form, path)
        page = wait_for(server, draft, lambda page: draft + "/confirmation" in page)
        seconds, added = time.monotonic() - begun, server.peak_megabytes() - before
        line(f"check of the {name} file", f"{seconds:7.2f} s", seconds < 1, "< 1 s")
        line("  peak memory of the server, added", f"{added:7.0f} MB", added <= 150, "≤ 150 MB")
        before = server.forget_peak()
        begun = time.monotonic()
        server.post(draft + "/confirmation", {"csrf": hidden(page, "csrf"), "send": "1"})
        wait_for(server, listed, lambda page: found(page) == number * people)
        seconds, added = time.monotonic() - begun, server.peak_megabytes() - before
        line(f"writing it, after {(number - 1) * people:,} invitations", f"{seconds:7.2f} s", seconds < 3, "< 3 s")
        line("  peak memory of the server, added", f"{added:7.0f} MB", added <= 150, "≤ 150 MB")


def hidden(page, name):
    """The value of a form's hidden field."""
    return re.search(rf'name="{name}" value="([^"]*)"', page).group(1)


def wait_for(server, path, is_there):
    """The page once it shows something; it may take a minute."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        page = server.get(path)
        if is_there(page):
            return page
        time.sleep(0.02)
    sys.exit(f"{path} does not show what it should")


def measure_templates(bench, quick):
    heading("Templates (the Members page with 50 rows, values included, against a program that appends the same bytes)")
    templates = os.path.join(HERE, "..", "Templates")
    done = subprocess.run([bench, templates, "1" if quick else "5"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stdout + done.stderr)
    found = json.loads(done.stdout)
    line(f"{found['bytes'] / 1000:.0f} KB", f"{found['templates']:,} pages/s, by hand {found['by_hand']:,} = {found['ratio']:.2f} ×")


PAGE = 50  # rows of a page that asks for no other number


def views_of(server, name, path, rows):
    """(what, address, limit of the row in SQLite and PostgreSQL) for the list's sorts, filters and searches and for pages near and far."""
    page = server.get(path) + server.get(path + "?columns=" + "&columns=".join(MORE_COLUMNS))
    middle, last, far = rows // PAGE // 2, (rows + PAGE - 1) // PAGE, 10_000 // PAGE + 1
    for key in sorted(set(re.findall(r"[?&;]sort=-?([a-z0-9-]+)", page)) | {"name", "email"}):
        for sort in (key, "-" + key):
            limits = (10, 10) if key in INDEXED_SORTS[name] else (40, 100)
            for place, number in (("first", 1), ("middle", middle), ("last", last)):
                yield f"sort {sort}, {place} page", f"{path}?sort={sort}&page={number}", limits
    filters = [("search, many found", "q=an"), ("search, few found", "q=71%40"), ("search in other letters", "q=%E7%8E%8B"),
               ("search, none found", "q=zzzzzz"), ("an attribute by a part of it", "job_title=engineer"), ("two attributes", "job_title=a&location_city=o")]
    seen = set()
    for name, value in re.findall(r'<input id="[^"]*" type="checkbox" name="(\w+)" value="([^"]+)"', page):
        if name != "columns" and (name == "status" or name not in seen):
            filters.append((f"{name}={value}", f"{name}={value}"))
        seen.add(name)
    filters += [(f"status={value}", f"status={value}") for value in sorted(set(re.findall(r"[?&;]status=([a-z0-9-]+)", page)))]
    for what, query in dict.fromkeys(filters):
        yield what, f"{path}?{query}", (40, 100)
        yield what + ", by -last-activity", f"{path}?{query}&sort=-last-activity", (40, 100)
        if found(server.get(f"{path}?{query}")) > 10_000:
            yield what + ", beyond row 10,000", f"{path}?{query}&page={far}", (150, 150)
            yield what + ", last page", f"{path}?{query}&page=1000000", (150, 150)
    yield "many found, a status, an attribute, by -completions", f"{path}?q=an&status=completed&job_title=a&sort=-completions", (40, 100)


def found(page):
    """The count that stands over a list; 0 where there is none."""
    count = re.search(r'class="result-count"[^>]*>\s*([\d,]+)', page)
    return int(count.group(1).replace(",", "")) if count else 0


def measure_list(server, postgres, quick):
    everyone = f"/o/{ORGANIZATION}/programs/{EVERYONE}/members"
    for name, path in (("Members", everyone), ("Users", f"/o/{ORGANIZATION}/users")):
        rows = found(server.get(path))
        heading(f"{name}, {rows:,} of them: sorts, filters, searches, pages (handler time in ms, one client)")
        for view, address, limits in views_of(server, name, path, rows):
            times = server.handler_times(address, 15 if quick else 60)
            limit = limits[1 if postgres else 0]
            line(view, f"p50 {share(times, .5):6.2f}  p95 {share(times, .95):6.2f}  max {times[-1]:6.2f}", share(times, .95) <= limit, f"≤ {limit}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--folder", default=os.path.join(HERE, "..", ".build", "bench"))
    parser.add_argument("--program", default=os.path.join(HERE, "..", ".build", "release", "provost"))
    parser.add_argument("--rendering", default=os.path.join(HERE, "..", ".build", "release", "RenderingBench"))
    parser.add_argument("--quick", action="store_true", help="fewer requests: for trying the bench itself")
    options = parser.parse_args()
    folder = os.path.abspath(options.folder)
    postgres = os.environ.get("PROVOST_TEST_POSTGRES")
    print(f"{options.learners:,} learners, ten enrollments each, on {'PostgreSQL' if postgres else 'SQLite'}; {os.cpu_count()} cores")
    files = build(folder, options.learners)
    data = os.path.join(folder, "data")
    shutil.rmtree(data, ignore_errors=True)
    program = Program(os.path.abspath(options.program), data, postgres)
    shell = PostgreSQL(postgres) if postgres else SQLite(folder)
    measure_templates(os.path.abspath(options.rendering), options.quick)
    set_up(program)
    measure_import(program, shell, files)
    measure_coaching(program, shell, folder, options.learners)
    server = program.serve()
    try:
        heading("Start")
        line("from start to the first answer", f"{server.start_seconds:7.2f} s", server.start_seconds < 1, "< 1 s")
        measure_pages(server, options.quick)
        measure_list(server, postgres, options.quick)
        measure_learners(server, postgres, options.quick)
        measure_adding(server, folder)
        measure_export(program, server, shell, folder)
        measure_bulk(program, server, folder, options.learners)
    finally:
        server.stop()
    print(f"\n{len(missed)} targets missed" + (": " + "; ".join(missed) if missed else ""))


if __name__ == "__main__":
    main()
