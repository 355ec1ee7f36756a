"""What changes something in this room, one file per noun; views and the command line call it."""
