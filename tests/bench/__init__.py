"""What an intercept costs, measured on the project's own cluster. Ratios within one run; no test depends on them."""
