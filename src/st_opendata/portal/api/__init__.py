"""The protocols for programs, one module each; `API_ROUTES` has the addresses of all of them."""

from st_opendata.portal.api import (
    citations,
    completions,
    croissant,
    dcat,
    linked_data,
    schema_org,
    security_txt,
    sitemap,
    vocabulary,
)

API_ROUTES = [
    *completions.ROUTES,
    *dcat.ROUTES,
    *sitemap.ROUTES,
    *security_txt.ROUTES,
    *schema_org.ROUTES,
    *croissant.ROUTES,
    *citations.ROUTES,
    *linked_data.ROUTES,
    *vocabulary.ROUTES,
]
