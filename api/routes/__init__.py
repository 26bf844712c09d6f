"""One blueprint per resource. No rules here: a route says who may call, and calls one domain function."""
