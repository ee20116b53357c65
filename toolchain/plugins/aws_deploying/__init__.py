"""What the offline AWS provider deploys to an endpoint that stands in for AWS, such as a moto server."""
