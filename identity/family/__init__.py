"""Family (家人): how a tie between a person and a dependant comes about and ends. The tie itself is `identity.dependants`."""
