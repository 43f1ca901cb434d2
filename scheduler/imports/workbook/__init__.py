"""The reader of a workbook: a program of its own, run by the path of this folder."""
