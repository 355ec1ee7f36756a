"""Reads of the courses room, one file per noun; they take the actor and give frozen dataclasses.

Views, services and the rooms above call them; outside the actor's reach they raise `NotFound`.
"""
