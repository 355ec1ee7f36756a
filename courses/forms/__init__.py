"""Forms of the courses room, one file per noun."""
