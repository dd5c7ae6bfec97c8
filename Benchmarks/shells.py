"""The database's own tool doing what Provost does: the yardstick for import and export."""

import os
import re
import subprocess
import time


def quoted(names):
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)


def two_decimals(query, way):
    """The query with the tool's way of writing a number with two decimals in each place that asks for it."""
    return re.sub(r"TWO_DECIMALS\(([^)]*)\)", lambda match: way.format(match.group(1)), query)


class SQLite:
    """The sqlite3 shell."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "yardstick.sqlite")

    def run(self, script, output=subprocess.DEVNULL, path=None):
        begun = time.monotonic()
        subprocess.run(["sqlite3", "-bail", path or self.path], input=script.encode(), stdout=output, check=True)
        return time.monotonic() - begun

    def change(self, database, script):
        """Changes the program's own database, for what no command makes."""
        self.run(script, path=database)

    def import_seconds(self, file, header, key):
        """`.import` into a staging table, then an upsert into a table with the key: no counters, no checks, no audit."""
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.path + suffix):
                os.remove(self.path + suffix)
        self.run(f"PRAGMA journal_mode=WAL; CREATE TABLE target ({quoted(header)}, UNIQUE ({quoted(key)}));")
        others = [name for name in header if name not in key]
        return self.run(f"""PRAGMA synchronous=FULL;
CREATE TEMP TABLE staging ({quoted(header)});
.import --csv --skip 1 {file} staging
INSERT INTO target SELECT * FROM staging WHERE true ON CONFLICT ({quoted(key)}) DO UPDATE SET
{", ".join(f'{quoted([name])} = excluded.{quoted([name])}' for name in others)};
""")

    def export_seconds(self, query, database, output):
        query = two_decimals(query, "CASE WHEN {0} IS NOT NULL THEN printf('%.2f', {0}) END")
        with open(output, "wb") as file:
            return self.run(f".headers on\n.mode csv\n{query};\n", file, database)


class PostgreSQL:
    """psql with `\\copy`."""

    def __init__(self, url):
        self.url = url

    def run(self, script, output=subprocess.DEVNULL):
        begun = time.monotonic()
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", self.url], input=script.encode(), stdout=output, check=True)
        return time.monotonic() - begun

    def change(self, _, script):
        """Changes the program's own database, for what no command makes."""
        self.run(script)

    def import_seconds(self, file, header, key):
        """`\\copy` into a temporary table, then an upsert into a table with the key: no counters, no checks, no audit."""
        columns = ", ".join(f"{quoted([name])} TEXT" for name in header)
        self.run(f"DROP SCHEMA IF EXISTS yardstick CASCADE; CREATE SCHEMA yardstick; CREATE TABLE yardstick.target ({columns}, UNIQUE ({quoted(key)}));")
        others = [name for name in header if name not in key]
        return self.run(f"""CREATE TEMP TABLE staging ({columns});
\\copy staging FROM '{file}' WITH (FORMAT csv, HEADER true)
INSERT INTO yardstick.target SELECT * FROM staging ON CONFLICT ({quoted(key)}) DO UPDATE SET
{", ".join(f'{quoted([name])} = excluded.{quoted([name])}' for name in others)};
""")

    def export_seconds(self, query, _, output):
        lines = [line for line in two_decimals(query, "CAST({0} AS NUMERIC(12, 2))").splitlines() if not line.startswith("--")]
        one_line = " ".join(" ".join(lines).split())
        with open(output, "wb") as file:
            return self.run(f"\\copy ({one_line}) TO STDOUT WITH (FORMAT csv, HEADER true)\n", file)
