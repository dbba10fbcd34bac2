"""What an accepted application becomes: cases, hearings, notices, receipts by mail."""
