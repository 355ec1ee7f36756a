"""`python -m lms.cli`, for the supervisor and wherever `lms` is not on the path."""

from lms.cli import main

main()
