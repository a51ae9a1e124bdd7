"""The session: which text is spoken when, what is sent, what was heard. No I/O."""
