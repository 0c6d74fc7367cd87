"""The thread of a message: reasons, the machine's statements, invitations, outcomes."""
