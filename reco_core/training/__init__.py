"""Training as a generator of events; TensorFlow is loaded only when a Keras model is trained or described."""
