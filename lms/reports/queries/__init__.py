"""What this room only reads, one file per noun; everything is narrowed by who asks."""
