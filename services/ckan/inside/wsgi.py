"""The WSGI application of the site whose settings file CKAN_INI names."""

import logging
import os

from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app

application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())

# Reading the settings file silences every logger that it does not name: the access log would stay empty.
for name in ("gunicorn.access", "gunicorn.error"):
    logging.getLogger(name).disabled = False
