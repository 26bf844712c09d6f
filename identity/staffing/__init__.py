"""Staff: passwords, second factors, who is locked out, and how agencies administer their people."""
