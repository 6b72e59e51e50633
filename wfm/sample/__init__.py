"""The sample centre: a made-up telecom operator's customer service, the same for the same seed."""
