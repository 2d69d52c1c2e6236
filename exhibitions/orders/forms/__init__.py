"""The forms of orders, payments and services."""
