"""What people see; everything it does, it asks of `rhml_core.workflows`."""
