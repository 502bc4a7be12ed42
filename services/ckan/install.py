"""The installation: Debian packages if the user is root, CKAN in its own environment, Solr's jars."""

from __future__ import annotations

import ctypes.util
import hashlib
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from processes import run
from settings import HERE, ROOT, VERSIONS, Site, StackError, lock_of

BUILD_LOCK = HERE / "build.lock"
POM = HERE / "solr" / "pom.xml"
JAR_HASHES = HERE / "solr" / "jars.sha256"
POSTGRES_VERSIONS = Path("/usr/lib/postgresql")


def installed(site: Site) -> bool:
    """Whether everything is there, in these versions."""
    python = stamped(site.python.parents[1], digest(BUILD_LOCK, site.lock))
    return python and stamped(site.jars, digest(POM, JAR_HASHES)) and not missing_packages()


def install(site: Site, say: Callable[[str], None]) -> None:
    """Install whatever is missing or of another version; without network and quick when nothing is.

    Raises:
        StackError: something is missing that may not be installed, or an installation failed.
    """
    log = site.state / "log" / "install.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    install_packages(log, say)
    site.install.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(job, site, log, say) for job in (install_python, install_jars)]
    for job in jobs:
        job.result()


def postgres_program(name: str) -> str:
    """The path of one of PostgreSQL's programs; Debian keeps them out of PATH, by version."""
    versions = sorted(POSTGRES_VERSIONS.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(versions[-1]) if versions else shutil.which(name) or ""


def missing_packages() -> list[str]:
    """Debian's names of what is not there."""
    present: dict[str, bool] = {
        "default-jre-headless": bool(shutil.which("java")),
        "libmagic1": bool(ctypes.util.find_library("magic")),
        "maven": bool(shutil.which("mvn")),
        "postgresql": bool(postgres_program("postgres") and postgres_program("initdb")),
        "python3-venv": bool(importlib.util.find_spec("ensurepip")),
        "redis-server": bool(shutil.which("redis-server")),
    }
    return [name for name in VERSIONS["debian"]["packages"] if not present[name]]


def install_packages(log: Path, say: Callable[[str], None]) -> None:
    """Install the missing Debian packages as root; their own services are not started."""
    missing = missing_packages()
    if not missing:
        return
    command = f"apt-get install --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StackError(f"Some programs are missing. On Debian or Ubuntu, install them with\n  sudo {command}")
    say(f"Installing {', '.join(missing)}")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    with suppress(StackError):  # one repository that does not answer need not matter
        run(["apt-get", "update", "-q"], log, environment=environment)
    # Debian's way to install a service without starting it: this program's exit code 101 says no.
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        policy.write_text("#!/bin/sh\nexit 101\n", "ascii")
        policy.chmod(0o755)
    try:
        run([*command.split(), "--yes", "-q"], log, environment=environment)
    finally:
        if ours:
            policy.unlink()


def install_python(site: Site, log: Path, say: Callable[[str], None]) -> None:
    """Install CKAN and its extensions, each file checked against the lock."""
    folder = site.python.parents[1]
    wanted = digest(BUILD_LOCK, site.lock)
    if stamped(folder, wanted):
        return
    say(f"Installing CKAN {VERSIONS['ckan'][site.version]}")
    shutil.rmtree(folder, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(folder)], log)
    pip = [str(site.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    run([*pip, "--require-hashes", "-r", str(BUILD_LOCK)], log)
    run([*pip, "--require-hashes", "--no-build-isolation", "--use-pep517", "-r", str(site.lock)], log)
    stamp(folder, wanted)


def install_jars(site: Site, log: Path, say: Callable[[str], None]) -> None:
    """Install Solr's jars, each checked against its hash."""
    wanted = digest(POM, JAR_HASHES)
    if stamped(site.jars, wanted):
        return
    say("Installing Solr")
    shutil.rmtree(site.jars, ignore_errors=True)
    copy_jars(site.jars, log)
    found = jar_hashes(site.jars)
    if found != JAR_HASHES.read_text("ascii"):
        raise StackError(f"The jars in {site.jars} are not those of {JAR_HASHES}; Solr is not started from them.")
    stamp(site.jars, wanted)


def copy_jars(folder: Path, log: Path) -> None:
    """Fetch the jars by Maven."""
    java = VERSIONS["java"]
    versions = [f"-Dsolr.version={java['solr']}", f"-Djetty.version={java['jetty']}"]
    target = ["-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    maven = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(POM)]
    run([*maven, *versions, java["copy"], *target], log)


def jar_hashes(folder: Path) -> str:
    """Name and SHA-256 of each jar, in the form of sha256sum."""
    jars = sorted(folder.glob("*.jar"))
    return "".join(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in jars)


def lock(work: Path, say: Callable[[str], None]) -> None:
    """Write the lock files from versions.toml, working in a folder that is removed; needs uv."""
    uv = shutil.which("uv") or str(ROOT / ".venv" / "bin" / "uv")
    work.mkdir(parents=True, exist_ok=True)
    log = work / "lock.log"
    python = VERSIONS["python"]
    compile_ = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    compile_ += ["--no-header", "--no-annotate"]
    compile_ += [option for name in python["replaced"] for option in ("--no-emit-package", name)]
    locks = {
        lock_of(version): [f"ckan[requirements]=={release}", *python["requirements"]]
        for version, release in VERSIONS["ckan"].items()
    }
    locks[BUILD_LOCK] = python["build"]
    for target, requirements in locks.items():
        source = work / "requirements.in"
        source.write_text("\n".join(requirements), "utf-8")
        run([*compile_, str(source), "--output-file", str(target)], log)
    copy_jars(work / "solr", log)
    JAR_HASHES.write_text(jar_hashes(work / "solr"), "ascii")
    for path in (*locks, JAR_HASHES):
        path.chmod(0o644)
        say(f"Wrote {path}")
    shutil.rmtree(work)


def digest(*files: Path) -> str:
    """One digest of these files."""
    parts = [hashlib.sha256(path.read_bytes()).digest() for path in files]
    return hashlib.sha256(b"".join(parts)).hexdigest()


def stamped(folder: Path, wanted: str) -> bool:
    """Whether the folder was filled completely, for this version."""
    mark = folder / ".installed"
    return mark.is_file() and mark.read_text("ascii") == wanted


def stamp(folder: Path, wanted: str) -> None:
    """Say that the folder was filled to the end."""
    (folder / ".installed").write_text(wanted, "ascii")
