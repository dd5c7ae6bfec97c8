// The first file of Secrets arrives with its library.
