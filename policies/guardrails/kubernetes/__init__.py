"""What Kubernetes objects mean to each other: pods, selectors, names, policies, autoscalers."""
