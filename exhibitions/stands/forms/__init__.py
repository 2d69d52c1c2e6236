"""The forms of the room."""

"""The forms of plan, holds and prices."""
