"""What is true of the plan, of holds and of prices."""
