"""From a forecast and the policy's targets to the agents each queue needs on the floor."""
