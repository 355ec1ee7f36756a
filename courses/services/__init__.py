"""Writes of the courses room, one file per noun: verbs that take `by`, the actor.

Views, jobs and the rooms above call them; what the database refuses comes back as a `Complaint`.
"""
