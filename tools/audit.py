"""Asks for known advisories against what the lock files pin: `make audit`. Exit 1 if there are some.

A request without an answer is reported and is not a failure, so that a machine without network can build too.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LOCKS = ("requirements.lock", "requirements-readers.lock", "requirements-audit.lock")


def main() -> int:
    """Ask, and say what is known."""
    root = Path(__file__).resolve().parent.parent
    locks = [argument for lock in LOCKS for argument in ("-r", str(root / lock))]
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json"]
    asked = subprocess.run([*command, "--progress-spinner", "off", *locks], capture_output=True, text=True, check=False)
    try:
        packages = json.loads(asked.stdout)["dependencies"]
    except ValueError:
        reason = asked.stderr.strip().rpartition("\n")[2] or "no answer"
        sys.stdout.write(f"NOT AUDITED: the advisory service could not be asked ({reason[:200]}).\n")
        return 0
    known = [(each["name"], each["version"], one) for each in packages for one in each.get("vulns", ())]
    for name, version, one in known:
        fixed = ", ".join(one.get("fix_versions", ())) or "no version yet"
        sys.stdout.write(f"{name} {version}: {one['id']}; mended in {fixed}\n")
    silent = sum("skip_reason" in each for each in packages)
    answered = len(packages) - silent
    if silent:
        sys.stdout.write(
            f"NOT AUDITED: the advisory service does not know {silent} of {len(packages)} packages here.\n"
        )
    if answered:
        sys.stdout.write(f"Advisories against {answered} packages: {len(known)}.\n")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main())
