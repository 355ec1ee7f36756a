"""The ambassadors' room: pledges and what became of them, tallies, case studies, meetings."""
