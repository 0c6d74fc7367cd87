"""Long work in order, one job after the other, with progress, cancel and a record."""
