// The cast and the throw-away databases arrive with the first test that needs them.
