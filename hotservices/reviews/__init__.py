"""Reviews (好差评): what people say of how their cases were handled, one for each, and what that adds up to."""
