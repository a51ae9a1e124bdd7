"""The embedded voice's text front end: from the pieces of a request to phones and words, in English and Mandarin.

`speak` is its door; README.md says what it reads, where its data comes from and under which licences.
"""

from .speech import speak, warm_up

__all__ = ["speak", "warm_up"]
