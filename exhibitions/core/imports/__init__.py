"""What every import of a list has in common, whatever it brings in: a file is read by guesses that people correct, checked,
brought in, and may be taken back for a day. A room that imports adds its columns, its judge of rows and its tables.
"""
