"""A small OpenDocument spreadsheet, as its members."""

from __future__ import annotations

from fuzzing.targets import PART

_ODS = "application/vnd.oasis.opendocument.spreadsheet"
CONTENT = """\
<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet><table:table table:name="Cities">
<table:table-column table:number-columns-repeated="4"/>
<table:table-row><table:table-cell office:value-type="string"><text:p>id</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>name</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>inhabitants</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>founded</text:p></table:table-cell></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell office:value-type="string"><text:p>lyon</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Ly<text:s text:c="3"/>on</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="522250"><text:p>522250</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="1990-02-14"><text:p>14.2.1990</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="2" office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell><table:covered-table-cell/><table:table-cell table:number-columns-repeated="2" table:formula="of:=1/0" office:value-type="string"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>
"""
_MANIFEST = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>
"""


def ods_of(content: str) -> bytes:
    """The members of a workbook with this content."""
    parts = [f"mimetype\n{_ODS}", f"content.xml\n{content}", f"META-INF/manifest.xml\n{_MANIFEST}"]
    return PART.join(part.encode() for part in parts)
