"""How far raters agree, and on which messages and labels they do not."""
