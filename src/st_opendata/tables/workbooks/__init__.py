"""Workbooks (XLSX, ODS, XLS): opened within bounds of memory and time, and their sheets written as CSV.

calamine reads the cells and, except for ODS, the merged cells; `xlsx_marks`, `ods_marks` and `xls_marks` read what it
leaves out.
"""

from st_opendata.tables.workbooks.archives import WorkbookError
from st_opendata.tables.workbooks.marks import Marks
from st_opendata.tables.workbooks.sheets import EXTENSIONS, extract_sheet, open_workbook
from st_opendata.tables.workbooks.typed_cells import cell_writer

__all__ = ["EXTENSIONS", "Marks", "WorkbookError", "cell_writer", "extract_sheet", "open_workbook"]
