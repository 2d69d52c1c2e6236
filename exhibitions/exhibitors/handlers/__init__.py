"""The jobs of exhibitors."""
