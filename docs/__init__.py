"""The documentation, and what keeps its tables true. No part of the platform."""
