"""The WSGI application of the site whose settings file CKAN_INI names."""

import logging
import os

from ckan.authz import auth_functions_list
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
from ckan.logic import get_action, get_validator

application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())

# CKAN fills these tables, above all that of the rights, with the first request that needs them, and answers others that
# come meanwhile with 500. So they are filled before any request.
get_action("status_show")
get_validator("ignore_missing")
auth_functions_list()

# Reading the settings file silences every logger that it does not name: the access log would stay empty.
for name in ("gunicorn.access", "gunicorn.error"):
    logging.getLogger(name).disabled = False
