"""Workbooks as tables: files of Excel and OpenDocument, read within bounds in a process of their own."""
