"""The security of connections: which files are taken, and which are refused before a request."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from st_opendata.errors import InputError, UsageError
from st_opendata.http.tls import Tls, is_open_network, secured


def made(folder: Path, name: str, *options: str) -> tuple[Path, Path]:
    """A certificate and its key."""
    files = folder / f"{name}.pem", folder / f"{name}.key"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "1", "-subj", f"/CN={name}"]
    ends = ["-out", str(files[0]), "-keyout", str(files[1]), *(options or ["-nodes"])]
    subprocess.run(["openssl", "req", "-x509", *curve, *ends], check=True, capture_output=True)
    return files


def test_what_a_request_is_given(tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "own")
    assert secured(False, None, None).request_options() == {}
    assert Tls(insecure=True).request_options() == {"verify": False}
    assert secured(False, certificate, key).request_options() == {"cert": (str(certificate), str(key))}
    both = tmp_path / "both.pem"
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    assert secured(False, both, None).request_options() == {"cert": str(both)}


def test_files_that_cannot_serve(tmp_path: Path) -> None:
    certificate, key = made(tmp_path, "own")
    _, other = made(tmp_path, "other")
    locked = made(tmp_path, "locked", "-passout", "pass:secret")
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    with pytest.raises(UsageError, match="needs its certificate"):
        secured(False, None, key)
    with pytest.raises(InputError, match="cannot be read"):
        secured(False, tmp_path / "absent.pem", None)
    for files in ((certificate, other), (certificate, None), (text, key), locked):
        with pytest.raises(InputError, match="cannot be used"):
            secured(False, *files)


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("https://portal.example", False),
        ("http://portal.example", True),
        ("http://192.0.2.7:5000", True),
        ("http://localhost.example", True),
        ("http://portal.localhost", False),
        ("http://127.8.9.1", False),
    ],
)
def test_networks_that_others_can_read(url: str, is_open: bool) -> None:
    assert is_open_network(url) == is_open
