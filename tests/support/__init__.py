"""What tests share: plans, copies of the checkout, scripted clusters and histories, and real servers."""
