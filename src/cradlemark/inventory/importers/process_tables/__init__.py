"""Unit processes as people keep them in workbooks: sheets or files of processes, exchanges, flows and parameters.

``headings`` knows the columns, ``sheets`` finds tables and rows, ``cells`` reads values, ``reading`` makes records,
``template`` writes an empty workbook.
"""
