// The first file of Templates arrives with its library.
