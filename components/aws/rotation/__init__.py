"""The function that Secrets Manager calls to rotate a secret; it runs in AWS Lambda, with nothing but the SDK there."""
