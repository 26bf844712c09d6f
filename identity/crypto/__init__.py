"""Key rings and the cipher that keeps personal data unreadable at rest."""
