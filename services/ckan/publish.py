"""Publish a release to the site that runs here and verify it: `python3 services/ckan/publish.py PROGRAM RELEASE`."""

from __future__ import annotations

import os
import subprocess
import sys

from settings import ORGANIZATION, read_site


def main(program: str, release: str) -> int:
    """The exit code of the first command that fails, else 0; says where to look."""
    site = read_site(os.environ)
    target = [release, "--url", site.url]
    rights = ["--organization", ORGANIZATION, "--token-file", str(site.token_file("editor"))]
    for command in (["publish", "ckan", *target, *rights], ["verify", "ckan", *target]):
        if code := subprocess.run([program, *command], check=False).returncode:
            return code
    sys.stdout.write(f"Look at {site.url}/organization/{ORGANIZATION}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
