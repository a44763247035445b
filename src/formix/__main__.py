"""`python -m formix` is `formix`."""

from formix.cli import main

main()
