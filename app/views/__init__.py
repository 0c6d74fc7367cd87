"""One page a module, each with `render(place, person, project)`."""
