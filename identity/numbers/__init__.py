"""Identity numbers and credit codes: form, check digits, dates, and how they are masked."""
