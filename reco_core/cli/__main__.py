"""`python -m reco_core.cli` is `reco`."""

from reco_core.cli import main

if __name__ == "__main__":
    main()
