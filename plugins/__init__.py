"""Training providers that come with the product; each is a guest, as anybody's own would be."""
