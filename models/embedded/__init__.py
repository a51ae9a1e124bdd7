"""The embedded voice: a small neural acoustic model and vocoder that speak English and Mandarin on one CPU thread."""
