"""The signals that a ranking is made of: own use, rhythm, co-use, popularity, attributes, and what blends them."""
