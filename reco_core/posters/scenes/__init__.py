"""The pictures that posters are made of."""
