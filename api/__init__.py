"""HTTP and nothing else: routes, wire shapes, who may call, problems, and putting the parts together."""
