"""The program to test."""


def pytest_addoption(parser):
    parser.addoption("--cohort", default=None, help="the program to test (default: the newest build)")
