"""HTTP and nothing else: the application, what stands at its door, routes, pages."""
