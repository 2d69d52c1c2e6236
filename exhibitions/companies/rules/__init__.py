"""What is true of companies, their papers and their doubles."""
