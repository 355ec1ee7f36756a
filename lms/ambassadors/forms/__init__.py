"""The room's forms: an ambassador's own, and the team's."""
