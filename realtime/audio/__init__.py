"""Between a model's PCM and what is sent or stored: resampling, Opus, containers."""
