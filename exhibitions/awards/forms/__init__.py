"""The forms of awards."""
