"""Reads of the certificates room, one file per noun; they give frozen dataclasses.

Views, the plugin's hooks and the home page call them; out of reach is `NotFound`.
"""
