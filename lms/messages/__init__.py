"""Messages: queued with the change that caused them, readable, sent once."""
