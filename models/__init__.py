"""Speech models: text in, PCM out. No sockets, sessions, JSON or asyncio here."""
