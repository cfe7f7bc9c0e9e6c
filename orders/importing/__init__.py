"""From a file of the shop to orders on record.

files.py      bytes -> lines of cells, whatever the encoding, delimiter or kind of workbook
mappings.py   header -> which column means what; one mapping per kind of file
values.py     cell -> amount, date, number; how a file writes them is decided once per file
reading.py    lines -> orders and problems; touches no database
running.py    orders -> rows, in batches that resume
"""
