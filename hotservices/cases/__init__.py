"""Cases (办件): what people ask a department for, from the day it is handed in until it is decided."""
