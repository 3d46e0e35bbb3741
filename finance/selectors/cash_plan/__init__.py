"""The cash plan: money expected to come and go, by week and bank account."""
