"""Bills of material: writing, releasing, copying, retiring, importing."""

from erp.services.boms.importing import import_bom
from erp.services.boms.lines import BomLineInput, SubstituteInput
from erp.services.boms.releasing import release_bom, retire_bom
from erp.services.boms.writing import copy_bom, create_bom, update_bom

__all__ = [
    "BomLineInput",
    "SubstituteInput",
    "copy_bom",
    "create_bom",
    "import_bom",
    "release_bom",
    "retire_bom",
    "update_bom",
]
