"""The local mediation organisation in Hertfordshire: its course and its certificate."""
