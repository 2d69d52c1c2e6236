"""What happens to orders, payments and services."""
