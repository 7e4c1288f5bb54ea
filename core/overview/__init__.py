"""How an organisation's evaluations went, one after the other: for their list and for the page that opens first."""
