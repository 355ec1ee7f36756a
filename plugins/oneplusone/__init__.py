"""OnePlusOne: its courses, its certificate and its export of e-learning."""
