"""How each tool is asked for a change. Every function returns what the tool's process said, as `Said`."""
import os
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Said:
    code: int
    text: str


def run(argv, folder, text=None):
    done = subprocess.run([str(word) for word in argv], cwd=folder, input=text, capture_output=True, text=True,
                          env={**os.environ, "SQITCH_FULLNAME": "A Manager", "SQITCH_EMAIL": "manager@example.org"})
    return Said(done.returncode, (done.stdout + done.stderr).strip())


def until_failure(commands, folder):
    said = Said(0, "")
    for argv in commands:
        said = run(argv, folder)
        if said.code != 0:
            break
    return said


# --- alembic: https://alembic.sqlalchemy.org/en/latest/batch.html

ALEMBIC_ENVIRONMENT = """
from alembic import context
from sqlalchemy import MetaData, create_engine, event
engine = create_engine("sqlite:///app.db")
wanted = MetaData()
if {wanted}:
    wanted.reflect(create_engine("sqlite:///new.db"))
if {foreign_keys}:
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=wanted, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
"""
ALEMBIC_REVISION = """
import sqlalchemy as sa
from alembic import op
revision = "1"
down_revision = None
def upgrade():
{body}
"""
ALEMBIC_TYPES = {"text": "sa.Text()", "float": "sa.REAL()", "integer": "sa.Integer()"}


def alembic_folder(folder, wanted=False, foreign_keys=False):
    scripts = Path(folder) / "scripts"
    (scripts / "versions").mkdir(parents=True, exist_ok=True)
    (Path(folder) / "alembic.ini").write_text("[alembic]\nscript_location = scripts\n")
    (scripts / "env.py").write_text(ALEMBIC_ENVIRONMENT.format(wanted=wanted, foreign_keys=foreign_keys))
    (scripts / "script.py.mako").write_text(
        '"""x"""\nfrom alembic import op\nimport sqlalchemy as sa\n${imports if imports else ""}\n'
        "revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n"
        'def upgrade():\n    ${upgrades if upgrades else "pass"}\n'
        'def downgrade():\n    ${downgrades if downgrades else "pass"}\n')
    return scripts


def alembic_upgrade(folder, body, foreign_keys=False):
    scripts = alembic_folder(folder, foreign_keys=foreign_keys)
    (scripts / "versions" / "1.py").write_text(ALEMBIC_REVISION.format(body=body))
    return run(["alembic", "upgrade", "head"], folder)


def alembic_retype(folder, change, foreign_keys=False):
    body = "".join(f"    with op.batch_alter_table({table!r}) as batch:\n"
                   f"        batch.alter_column({column!r}, type_={ALEMBIC_TYPES[kind]})\n"
                   for table, column, kind in change["columns"])
    return alembic_upgrade(folder, body, foreign_keys)


def alembic_autogenerate(folder, change):
    alembic_folder(folder, wanted=True)
    return until_failure([["alembic", "revision", "--autogenerate", "-m", "new"], ["alembic", "upgrade", "head"]], folder)


def alembic_steps(folder, change):
    return alembic_upgrade(folder, "".join(f"    op.execute({step!r})\n" for step in change["steps"]))


# --- sqlite-utils: https://sqlite-utils.datasette.io/en/stable/cli.html#transforming-tables


def utils_retype(folder, change):
    return until_failure([["sqlite-utils", "transform", "app.db", table, "--type", column, kind]
                          for table, column, kind in change["columns"]], folder)


def utils_steps(folder, change):
    return until_failure([["sqlite-utils", "query", "app.db", step] for step in change["steps"]], folder)


# --- sqldiff: https://sqlite.org/sqldiff.html


def sqldiff_apply(folder, change):
    written = run(["sqldiff", "--schema", "app.db", "new.db"], folder)
    return written if written.code != 0 else run(["sqlite3", "-bail", "app.db"], folder, written.text)


# --- sqitch: https://sqitch.org/docs/manual/sqitchtutorial-sqlite/


def sqitch_steps(folder, change):
    if not (Path(folder) / "sqitch.plan").exists():
        made = until_failure([["sqitch", "init", "app", "--engine", "sqlite"], ["sqitch", "add", "change", "-n", "x"]], folder)
        if made.code != 0:
            return made
        (Path(folder) / "deploy" / "change.sql").write_text(";\n".join(change["steps"]) + ";\n")
    return run(["sqitch", "deploy", "db:sqlite:app.db"], folder)


# --- lockstep

RELEASE = """product = "app"
version = "1.1.0"
code = "new-code"
migrations = "migrations"
{declarations}
[[previous]]
version = "1.0.0"
code = "old-code"
samples = {{ main = ["sample.db"] }}
[[database]]
name = "main"
path = "app.db"
"""


class Lockstep:
    def __init__(self, build):
        self.bin = Path(build) / "bin"

    def release(self, folder, declarations, sample):
        folder = Path(folder)
        for code in ("old-code", "new-code"):
            (folder / code).mkdir(exist_ok=True)
            (folder / code / "version.txt").write_text(code)
        (folder / "sample.db").write_bytes(sample)
        (folder / "release.toml").write_text(RELEASE.format(declarations=declarations))
        return until_failure([[self.bin / "lockstep", "keygen", "key"],
                              [self.bin / "lockstep", "rehearse", "release.toml"],
                              [self.bin / "lockstep", "build", "release.toml", "--key", "key.key", "-o", "app.bundle"]],
                             folder)

    def update(self, folder):
        folder = Path(folder)
        root = folder / "installation"
        root.mkdir(mode=0o700, exist_ok=True)
        (root / "version.txt").write_text("old-code")
        (folder / "app.db").rename(root / "app.db")
        said = run([self.bin / "update", "--root", root, "--bundle", "app.bundle", "--trust", "key.pub", "--silent"],
                   folder)
        (root / "app.db").rename(folder / "app.db")
        return said

    def draft(self, folder, change):
        folder = Path(folder)
        drafted = subprocess.run([self.bin / "lockstep", "draft", "app.db", "new.db", "-o", "migrations/1.1.0"],
                                 cwd=folder, capture_output=True, text=True)
        if drafted.returncode != 0:
            return Said(drafted.returncode, drafted.stderr)
        made = self.release(folder, drafted.stdout, (folder / "app.db").read_bytes())
        return made if made.code != 0 else self.update(folder)

    # The rehearsal had no such row: it is met on the laptop.
    def steps(self, folder, change):
        folder = Path(folder)
        if not (folder / "app.bundle").exists():
            (folder / "migrations" / "1.1.0").mkdir(parents=True)
            (folder / "migrations" / "1.1.0" / "all.sql").write_text(";\n".join(change["steps"]) + ";\n")
            sample = sqlite3.connect(folder / "made.db")
            sample.executescript(change["old"] + change["repair"])
            sample.close()
            made = self.release(folder, "", (folder / "made.db").read_bytes())
            if made.code != 0:
                return made
        return self.update(folder)
