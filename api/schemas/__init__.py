"""Wire shapes, in files named like the routes that speak them."""
