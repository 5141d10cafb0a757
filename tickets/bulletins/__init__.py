"""通知公告: what the hotline office publishes to units, until when, and who has signed for it."""
