"""How evaluations went, one after the other: for the list of them and for the page that opens first."""
