"""One recorded pass: every quantity by name, and a cursor over its operations."""
