// The first file of HTTPServer arrives with its library.
