// The first test of HTTPServer arrives with its library.
