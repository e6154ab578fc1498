// Linked with one whole library and its declared dependencies: an undeclared dependency does not link.
int main() { return 0; }
