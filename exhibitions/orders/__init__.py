"""Contracts, agreed price lines, payments, invoices and services of exhibitors."""
