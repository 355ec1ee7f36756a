"""Forms of the courses room, one file per noun; views give them their choices."""
