"""What sales order lines earned: revenue, actual cost, freight, margin; by whatever they are grouped."""
