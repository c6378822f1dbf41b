"""What `rejoinder check-aws` deploys to an account, looks at there, and deletes again."""
