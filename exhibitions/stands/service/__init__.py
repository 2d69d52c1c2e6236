"""What happens to plan, holds and prices."""
