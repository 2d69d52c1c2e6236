"""Whether what is sent about exhibitors is well-formed."""
