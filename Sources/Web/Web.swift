// The first file of Web arrives with its library.
