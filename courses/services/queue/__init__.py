"""The queue of a course: its points and order, offers of free places, and the answers to them.

Every verb that reads the order to decide holds the course first (`locking`), so that one decision
is taken at a time.
"""
