"""See a recommender learn: data, models, training, inspection and recommendation, without a browser."""

__version__ = "0.1.0"
