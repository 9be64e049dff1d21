"""Other libraries' models; `run.py` is started under a Python of its own and knows nothing of this project."""
