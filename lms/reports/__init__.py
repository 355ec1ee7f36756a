"""The room of reports: what is counted for whom, what was given away, and returns that stay."""
