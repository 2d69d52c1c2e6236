"""Tables in and out: what people call "an Excel file", whatever it really is.

`reading.open_table` opens any of them, `table` says what comes out, `writing` makes CSV and XLSX.
"""
