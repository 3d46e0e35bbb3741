"""Routings: writing, releasing, copying, retiring, importing."""

from erp.services.routings.files import (
    attach_operation_file,
    copy_files,
    may_change_files,
    withdraw_operation_file,
)
from erp.services.routings.importing import import_routing
from erp.services.routings.operations import AlternateInput, OperationInput
from erp.services.routings.releasing import release_routing, retire_routing
from erp.services.routings.writing import copy_routing, create_routing, update_routing

__all__ = [
    "AlternateInput",
    "OperationInput",
    "attach_operation_file",
    "copy_files",
    "copy_routing",
    "create_routing",
    "import_routing",
    "may_change_files",
    "release_routing",
    "retire_routing",
    "update_routing",
    "withdraw_operation_file",
]
