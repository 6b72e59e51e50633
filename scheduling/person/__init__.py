"""One person's programme: the rules as states and counters, the graph of legal tours, the cheapest of them."""
