"""Reports: tables and predictions from the store, for pages."""
