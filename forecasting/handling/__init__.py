"""What handling a contact takes: handle times, abandonment, shrinkage."""
