"""``python -m sim`` is ``treaty-sim``."""

from sim.app.main import main

if __name__ == "__main__":
    main()
