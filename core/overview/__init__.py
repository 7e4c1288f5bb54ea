"""An organisation in short: what the page that opens first says of it."""
