"""The server around the page: the HTTP API, the Model Context Protocol, and what keeps both safe."""
