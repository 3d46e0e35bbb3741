"""The factory of the work order tests."""

from tests.erp.services.conftest import bench, factory

__all__ = ["bench", "factory"]
