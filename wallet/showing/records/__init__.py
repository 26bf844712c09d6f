"""Access records: who saw what, append-only and hash-chained, with receipts and anchors."""
