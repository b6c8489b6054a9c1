"""The pages of this app: one folder of views, forms, urls and queries for each noun. None imports another."""
