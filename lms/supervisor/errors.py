"""Why the site cannot start, as a sentence for the operator."""


class ServeError(RuntimeError):
    """The site cannot start; the message says why and what to do."""
