"""
Everything that can go wrong and be told to a person.

Each message says what happened and what to do next; it may be shown as it is.
"""


class RhmlError(Exception):
    """Base of every error whose message is written for a person."""


class NotFoundError(RhmlError):
    """A project, message, person, run or concept that does not exist was named."""


class NotAllowedError(RhmlError):
    """The person's role does not permit the act."""


class InvalidInputError(RhmlError):
    """What was given cannot be used; the message names the place and the remedy."""


class ConflictError(RhmlError):
    """The act no longer fits what is stored, for example a turn that someone else ended."""


class DatabaseInUseError(RhmlError):
    """Another process owns the database file."""


class DatabaseTooNewError(RhmlError):
    """The database was written by a newer version of the program."""


class StorageError(RhmlError):
    """The store could not keep what it was given, for example because the disk is full."""


class MeasureUndefinedError(RhmlError):
    """A measure has no value on these data; the message says why."""


class AgreementUndefinedError(MeasureUndefinedError):
    """No message has two labels, or only one label is in use."""


class NotEnoughDataError(RhmlError):
    """Too little has been judged to train or to measure; the message says how much is missing."""


class MachineError(RhmlError):
    """An encoder or a run's files are missing, damaged or not the ones expected."""


class JobFailedError(RhmlError):
    """A background job ended without its result."""


class JobCancelledError(RhmlError):
    """A background job was cancelled by a person."""
