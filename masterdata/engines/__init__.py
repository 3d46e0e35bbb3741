"""Pure calculation: prices, units, working days, instalments. No ORM, no clock."""
