"""`python -m rhml_core.cli`: the same as the program `rhml`."""

from rhml_core.cli import main

if __name__ == "__main__":
    main()
