"""Fetches the jars of Apache Jena's ARQ into a folder, by Maven, each checked against its hash.

python services/jena [FOLDER]   # default: build/jena
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HASHES = HERE / "jars.sha256"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"


def main(folder: Path) -> int:
    """Fetch them; 1 where they are not those that are known."""
    shutil.rmtree(folder, ignore_errors=True)
    maven = ["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(HERE / "pom.xml"), COPY]
    done = subprocess.run([*maven, "-DincludeScope=runtime", f"-DoutputDirectory={folder.resolve()}"], check=False)
    if done.returncode:
        return done.returncode
    jars = sorted(folder.glob("*.jar"))
    found = "".join(f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n" for jar in jars)
    if found != HASHES.read_text("ascii"):
        sys.stderr.write(f"The jars in {folder} are not those of {HASHES.name}.\n{found}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "build" / "jena"))
