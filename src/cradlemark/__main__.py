"""``python -m cradlemark``."""

from cradlemark.cli.main import main

if __name__ == "__main__":
    main()
