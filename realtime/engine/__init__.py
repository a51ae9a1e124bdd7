"""One resident model, many sessions: the model's process and the way to it."""
