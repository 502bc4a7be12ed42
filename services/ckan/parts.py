"""The four programs of a site: PostgreSQL, Redis, Solr, and CKAN under gunicorn. All listen on 127.0.0.1 only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from install import postgres_program
from processes import Service
from settings import HERE, Site, write_private

DATABASE_USER = "postgres"
"""Root may not run PostgreSQL; Debian's package makes this user for it."""


PARTS = ("postgres", "redis", "solr", "gunicorn")
"""Their names, in the order of starting."""


def services(site: Site) -> list[Service]:
    """In the order of starting."""
    return [postgres(site), redis(site), solr(site), ckan(site)]


def database_user() -> str | None:
    """The user that runs PostgreSQL; None means the present one."""
    return DATABASE_USER if os.geteuid() == 0 else None


def postgres(site: Site) -> Service:
    """PostgreSQL, on its own cluster, without a socket in a shared folder."""
    where = ["-p", str(site.postgres_port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    probe = [postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(site.postgres_port)]
    return Service(
        name="postgres",
        command=[postgres_program("postgres"), "-D", ".", *where],
        folder=site.postgres,
        state=site.state,
        port=site.postgres_port,
        ready=lambda: subprocess.run(probe, check=False).returncode == 0,
        user=database_user(),
        stop_signal=signal.SIGINT,
        left_behind=site.postgres / "postmaster.pid",
    )


def redis(site: Site) -> Service:
    """Redis, which keeps nothing on disk: CKAN has only its queue of jobs there."""

    def replies() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", site.redis_port), timeout=2) as connection:
                connection.sendall(f"AUTH {site.secrets['redis']}\r\nPING\r\n".encode())
                lines = connection.makefile("rb")
                return [lines.readline(), lines.readline()] == [b"+OK\r\n", b"+PONG\r\n"]
        except OSError:
            return False

    return Service(
        name="redis",
        command=["redis-server", str(site.state / "redis" / "redis.conf")],
        folder=site.state / "redis",
        state=site.state,
        port=site.redis_port,
        ready=replies,
    )


def solr(site: Site) -> Service:
    """Solr from its jars."""
    memory = ["-Xms128m", "-Xmx512m", "-XX:+UseSerialGC"]
    logging = f"-Dlog4j2.configurationFile={HERE / 'solr' / 'log4j2.xml'}"
    program = [str(HERE / "solr" / "SolrServer.java"), str(site.state / "solr"), str(site.solr_port)]
    return Service(
        name="solr",
        command=["java", *memory, logging, "-cp", f"{site.jars}/*", *program],
        folder=site.state / "solr",
        state=site.state,
        port=site.solr_port,
        ready=lambda: answers(f"http://127.0.0.1:{site.solr_port}/solr/ckan/admin/ping", status="OK"),
    )


def ckan(site: Site) -> Service:
    """CKAN under gunicorn: two processes of four threads, each request in the access log."""
    bind = ["--bind", f"127.0.0.1:{site.port}", "--workers", "2", "--threads", "4", "--no-control-socket"]
    logs = ["--access-logfile", str(site.state / "log" / "access.log"), "--worker-tmp-dir", str(site.state / "tmp")]
    return Service(
        name="gunicorn",
        command=[str(site.python), "-m", "gunicorn", *bind, *logs, "--pythonpath", str(HERE / "inside"), "wsgi"],
        folder=site.state / "tmp",
        state=site.state,
        port=site.port,
        ready=lambda: answers(f"{site.url}/api/3/action/status_show", success=True),
        environment={"CKAN_INI": str(site.ini), "TMPDIR": str(site.state / "tmp")},
    )


def answers(url: str, **expected: object) -> bool:
    """Whether the address answers with a JSON object that has these values."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=30) as answer:
            return expected.items() <= dict(json.load(answer)).items()
    except (OSError, ValueError, urllib.error.URLError):
        return False


def configure(site: Site) -> None:
    """Write what the programs read at their start; the same settings give the same files."""
    for name in ("redis", "solr/ckan/conf", "storage", "tmp", "log", "run"):
        (site.state / name).mkdir(parents=True, exist_ok=True)
    configure_redis(site)
    configure_solr(site)
    lines = "".join(f"{name} = {value}\n" for name, value in site.settings().items())
    write_private(site.ini, f"[app:main]\n{lines}\n{(HERE / 'inside' / 'logging.ini').read_text('utf-8')}")


def configure_redis(site: Site) -> None:
    """Loopback only, with a password, without snapshots."""
    folder = site.state / "redis"
    where = f"bind 127.0.0.1\nport {site.redis_port}\ndir {folder}\n"
    write_private(folder / "redis.conf", f'{where}requirepass {site.secrets["redis"]}\nsave ""\nappendonly no\n')


def configure_solr(site: Site) -> None:
    """One core with the schema of the installed CKAN."""
    home = site.state / "solr"
    (home / "solr.xml").write_text("<solr/>\n", "ascii")
    (home / "ckan" / "core.properties").write_text("name=ckan\n", "ascii")
    conf = home / "ckan" / "conf"
    for name in ("synonyms.txt", "protwords.txt", "stopwords.txt"):
        (conf / name).touch()
    shutil.copyfile(HERE / "solr" / "solrconfig.xml", conf / "solrconfig.xml")
    shutil.copyfile(packages(site) / "ckan" / "config" / "solr" / "schema.xml", conf / "schema.xml")


def packages(site: Site) -> Path:
    """The folder of the installed Python packages."""
    return next((site.python.parents[1] / "lib").glob("python3*/site-packages"))
