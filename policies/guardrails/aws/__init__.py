"""What AWS resources mean to each other: relations, IAM statements, security groups."""
