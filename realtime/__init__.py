"""The serving side of Dulcet: sessions, engine, transports. torch is never imported here."""
