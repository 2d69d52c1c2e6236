"""The forms of plan, holds and prices."""
