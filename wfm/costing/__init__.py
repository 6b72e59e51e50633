"""What a roster costs: paid time by pay class, split over queues, in whole minor units that add up."""
