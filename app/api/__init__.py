"""The versioned HTTP interface: thin routes over the same workflows as the pages."""
