"""Training of the embedded voice: teachers, features, the training loop and the export of weights (see README.md)."""
