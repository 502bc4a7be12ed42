"""Findings about a group: all of them for a validator, and warnings for a converter (CSVW syntax §6)."""

from __future__ import annotations

from st_opendata.csvw.group import OpenGroup
from st_opendata.csvw.metadata.notices import Notices
from st_opendata.messages.codes import finding
from st_opendata.model.findings import Finding


def check_group(opened: OpenGroup) -> list[Finding]:
    """All findings of the description, the cells and the keys."""
    return _description_findings(opened.notices) + opened.tables.check()


def conversion_warnings(opened: OpenGroup) -> list[Finding]:
    """The findings of the description, and of the cells in the rows that have passed."""
    cells = [each for table in opened.group.tables for each in opened.tables.findings(table)]
    return _description_findings(opened.notices) + cells


def _description_findings(notices: Notices) -> list[Finding]:
    ignored = [finding("csvw-ignored", (place,), reason=reason) for place, reason in notices.warnings]
    empty = [finding("table-empty", (place,)) for place in notices.empty]
    wrong = [finding("csvw-structure", (place,), reason=reason) for place, reason in notices.violations]
    return ignored + empty + wrong + notices.rows
