"""The forms of this room, one file per noun: what is asked of a report, and what is frozen."""
