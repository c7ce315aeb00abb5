"""What the tests from outside share: starting a demo server, signing in, reading its database."""
