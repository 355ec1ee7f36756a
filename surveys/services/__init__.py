"""What the surveys room does: snapshots, waves and assignments, opening, answers, reminders."""
