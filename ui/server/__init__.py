"""What stands around Streamlit's server: the middleware in front of it, what its owner may set, and the life of the
lab."""
