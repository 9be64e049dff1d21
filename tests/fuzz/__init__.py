"""Random and coverage-guided input for what reads files from outside: `make fuzz`, and a short round in the tests."""
