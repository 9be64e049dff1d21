"""What the product is measured by; `python -m benchmarks` runs it and writes BENCHMARKS.md."""
