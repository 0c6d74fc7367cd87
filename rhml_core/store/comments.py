"""Plain remarks: comments on messages and concepts, and flags with their notes."""

from typing import Literal

from rhml_core.domain import Comment
from rhml_core.store.database import Reader, Transaction

CommentKind = Literal["comment", "flag"]


def add_comment(
    transaction: Transaction, project_id: str, comment: Comment, *, kind: CommentKind
) -> None:
    """Add a comment, or a flag with its note."""
    transaction.write(
        """
        INSERT INTO comments (comment_id, project_id, subject, kind, person_id, text, made_at)
        VALUES ($comment_id, $project_id, $subject, $kind, $person_id, $text, $at)
        """,
        comment_id=comment.comment_id,
        project_id=project_id,
        subject=comment.subject,
        kind=kind,
        person_id=comment.person_id,
        text=comment.text,
        at=comment.made_at,
    )


def list_comments(
    db: Reader, project_id: str, subject: str, *, kind: CommentKind = "comment"
) -> list[Comment]:
    """What was written on one subject (`message:ID` or `concept:ID`), oldest first."""
    frame = db.read(
        """
        SELECT comment_id, subject, person_id, text, made_at FROM comments
        WHERE project_id = $project_id AND subject = $subject AND kind = $kind
        ORDER BY seq
        """,
        project_id=project_id,
        subject=subject,
        kind=kind,
    )
    return [Comment(**row) for row in frame.iter_rows(named=True)]
