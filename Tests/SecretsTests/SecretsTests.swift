// The first test of Secrets arrives with its library.
