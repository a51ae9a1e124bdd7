"""Ways to a client, and the shell that drives a session over one of them."""
