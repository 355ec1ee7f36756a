"""The public door for plugin authors: `hookimpl` marks an implementation of a hook."""

import pluggy

__version__ = "0.1.0"

hookimpl = pluggy.HookimplMarker("lms")

__all__ = ["__version__", "hookimpl"]
