// The first test of Web arrives with its library.
