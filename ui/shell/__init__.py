"""What stands around every page: navigation, addresses, errors, appearance."""
