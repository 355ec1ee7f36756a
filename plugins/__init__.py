"""The bundled providers and the demonstration: guests, as anybody's own plugin would be."""
