"""What everyone is told who could choose by figures of the hold-out."""

HOLDOUT_NOTE = (
    "Choose by the judged messages: who chooses by the hold-out again and again uses it up, and it "
    "flatters the choice."
)
