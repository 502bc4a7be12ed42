"""The data of a site: an empty one is made once, kept next to it, and copied back by every reset."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

from install import postgres_program
from logo import logo
from parts import database_user, postgres
from processes import account, run
from settings import HERE, ORGANIZATION, Site, StackError, write_private

ELSEWHERE = Path("/var/lib/st-opendata")
"""Where root keeps a database when the user that runs it may not enter the state folder (a checkout below /root)."""
DATABASES = """
CREATE ROLE ckan LOGIN PASSWORD '{ckan}';
CREATE ROLE datastore_write LOGIN PASSWORD '{datastore_write}';
CREATE ROLE datastore_read LOGIN PASSWORD '{datastore_read}';
CREATE DATABASE ckan OWNER ckan;
CREATE DATABASE datastore OWNER datastore_write;
"""


def prepared(site: Site) -> bool:
    """Whether the state folder holds a site.

    Raises:
        StackError: it does, but one that other versions made.
    """
    mark = site.state / "prepared"
    if not mark.is_file():
        return False
    if mark.read_text("ascii") != versions(site):
        raise StackError(f"The data in {site.state} was made by other versions; `make ckan-reset` begins anew.")
    return True


def versions(site: Site) -> str:
    """A digest of what makes an empty site."""
    parts = (site.lock, HERE / "inside" / "prepare.py", HERE / "data.py", HERE / "logo.py")
    return hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()


def make_cluster(site: Site) -> None:
    """Make the site's own database cluster, which asks all users for a password; an old one is removed."""
    forget(site)
    user = database_user()
    if user and not may_enter(user, site.state):
        name = f"{site.state.name}-{hashlib.sha256(bytes(site.state)).hexdigest()[:12]}"
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        ELSEWHERE.chmod(0o711)
        shutil.rmtree(ELSEWHERE / name, ignore_errors=True)
        site.postgres.symlink_to(ELSEWHERE / name)
    folder = site.postgres.resolve()
    folder.mkdir(mode=0o700)
    password = folder.with_name(folder.name + ".password")
    write_private(password, site.secrets["postgres"])
    if user:
        for path in (folder, password):
            shutil.chown(path, user, user)
    form = ["--locale=C.UTF-8", "--encoding=UTF8", "--auth=scram-sha-256", "--username=postgres"]
    try:
        program = [postgres_program("initdb"), *form, f"--pwfile={password}", "--no-sync", str(folder)]
        run(program, site.state / "log" / "install.log", user=user)
    finally:
        password.unlink()


def may_enter(user: str, folder: Path) -> bool:
    """Whether the user may pass through the folder and all above it."""
    return subprocess.run(["test", "-x", str(folder)], check=False, **account(user)).returncode == 0


def fill(site: Site) -> None:
    """Make the empty site and keep a copy; PostgreSQL, Redis and Solr must run."""
    log = site.state / "log" / "install.log"
    ckan = [str(site.python.with_name("ckan")), "-c", str(site.ini)]
    where = ["-h", "127.0.0.1", "-p", str(site.postgres_port), "-U", "postgres", "-d", "postgres"]
    psql = [postgres_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *where]
    password = {"PGPASSWORD": site.secrets["postgres"]}
    run(psql, log, given=DATABASES.format(**site.secrets), environment=password)
    run([*ckan, "db", "upgrade"], log)
    run(psql, log, given=run([*ckan, "datastore", "set-permissions"], log), environment=password)
    people = {
        "ini": str(site.ini),
        "locale": site.locale,
        "logo": b64encode(logo()).decode("ascii"),
        "organization": ORGANIZATION,
        "password": site.secrets["people"],
        "editor_token_file": str(site.token_file("editor")),
        "sysadmin_token_file": str(site.token_file("sysadmin")),
    }
    run([str(site.python), str(HERE / "inside" / "prepare.py")], log, given=json.dumps(people))
    database = postgres(site)
    database.stop()
    copy(site.postgres.resolve(), kept(site))
    copy(site.storage, kept_storage(site))
    database.start()
    database.wait()
    (site.state / "prepared").write_text(versions(site), "ascii")


def reset(site: Site) -> None:
    """Put the empty site in the place of the present one, or nothing if other versions made it; nothing may run."""
    for name in (site.storage.name, "tmp", "redis", "solr"):
        shutil.rmtree(site.state / name, ignore_errors=True)
    mark = site.state / "prepared"
    if mark.is_file() and mark.read_text("ascii") == versions(site):
        copy(kept(site), site.postgres.resolve())
        copy(kept_storage(site), site.storage)
    else:
        forget(site)


def kept(site: Site) -> Path:
    """The folder with the databases of the empty site."""
    folder = site.postgres.resolve()
    return folder.with_name(folder.name + ".empty")


def kept_storage(site: Site) -> Path:
    """The folder with the uploads of the empty site: the organisation's picture."""
    return site.storage.with_name(site.storage.name + ".empty")


def copy(source: Path, target: Path) -> None:
    """Make one folder the same as another, owners and times too."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def forget(site: Site) -> None:
    """Remove the databases and the tokens that go with them."""
    (site.state / "prepared").unlink(missing_ok=True)
    for folder in (kept(site), kept_storage(site), site.postgres.resolve()):
        shutil.rmtree(folder, ignore_errors=True)
    if site.postgres.is_symlink():
        site.postgres.unlink()
    for name in ("editor", "sysadmin"):
        site.token_file(name).unlink(missing_ok=True)
