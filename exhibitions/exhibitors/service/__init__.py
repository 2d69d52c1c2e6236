"""What happens to exhibitors: their way through an edition, their application, their people, who shares their stand."""
