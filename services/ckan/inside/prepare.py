"""Runs inside CKAN's environment on a new site: its people, its organisation, their tokens.

Reads a JSON object from standard input: ini, locale, logo (a PNG in Base64), organization, password,
editor_token_file, sysadmin_token_file.
"""

from __future__ import annotations

import json
import os
import sys
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

from ckan import model
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.plugins.toolkit import get_action
from werkzeug.datastructures import FileStorage

SYSADMIN = "site-admin"
EDITOR = "data-manager"
TITLE = "Smarter Together"
DESCRIPTIONS = {
    "en": "Facts on the European project Smarter Together (Horizon 2020, grant 691876) as open data: the project, its "
    "cities, districts, partners, money, targets and results, each with its source.",
    "fr": "Les faits du projet européen Smarter Together (Horizon 2020, subvention 691876) en données ouvertes : le "
    "projet, ses villes, quartiers, partenaires, financements, objectifs et résultats, chacun avec sa source.",
    "de": "Fakten zum europäischen Projekt Smarter Together (Horizont 2020, Finanzhilfe 691876) als offene Daten: "
    "Projekt, Städte, Quartiere, Partner, Mittel, Ziele und Ergebnisse, jeweils mit Quelle.",
}


def do(action: str, **data: object) -> dict[str, Any]:
    """Call an action of CKAN as the site itself."""
    done: dict[str, Any] = get_action(action)({"ignore_auth": True, "user": SYSADMIN}, data)
    return done


def make_user(name: str, full_name: str, password: str) -> None:
    """A user who may log in with the password."""
    do("user_create", name=name, fullname=full_name, password=password, email=f"{name}@example.org")


def make_token(user: str, path: Path) -> None:
    """A token of the user, in a file that only its owner can read."""
    token = do("api_token_create", user=user, name=path.stem)["token"]
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(token + "\n")


def main(settings: dict[str, str]) -> None:
    """Prepare the site."""
    application = make_app(CKANConfigLoader(settings["ini"]).get_config())
    with application._wsgi_app.test_request_context():
        make_user(SYSADMIN, "Site administrator", settings["password"])
        model.User.get(SYSADMIN).sysadmin = True
        model.repo.commit()
        make_user(EDITOR, "Data manager", settings["password"])
        do(
            "organization_create",
            name=settings["organization"],
            title=TITLE,
            description=DESCRIPTIONS[settings["locale"]],
            image_upload=FileStorage(BytesIO(b64decode(settings["logo"])), "logo.png", content_type="image/png"),
        )
        do("organization_member_create", id=settings["organization"], username=EDITOR, role="editor")
        make_token(EDITOR, Path(settings["editor_token_file"]))
        make_token(SYSADMIN, Path(settings["sysadmin_token_file"]))


if __name__ == "__main__":
    main(json.load(sys.stdin))
