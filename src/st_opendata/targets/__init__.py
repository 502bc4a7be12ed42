"""Where a release is published, each target in a package of its own."""
