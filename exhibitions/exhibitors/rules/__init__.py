"""What is true of exhibitors: states, applications, co-exhibitors, badges, directory, figures."""
