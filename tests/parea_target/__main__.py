"""`python -m parea_target` is the command `parea-target`."""

from parea_target.cli import main

if __name__ == "__main__":
    main()
