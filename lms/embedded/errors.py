"""What can go wrong with the embedded database, as one sentence for the operator."""


class EmbeddedError(RuntimeError):
    """The embedded database cannot start; the message says why and what to do."""
