"""What is true of orders and of money."""
