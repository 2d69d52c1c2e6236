"""The register of companies of the organisation: who they are, whom to reach, which papers they have."""
