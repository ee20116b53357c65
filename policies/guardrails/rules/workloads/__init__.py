"""How a workload is run, and as whom."""
