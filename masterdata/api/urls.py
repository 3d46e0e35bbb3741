"""API routes of the app."""

from rest_framework.routers import SimpleRouter

from masterdata.api.viewsets import viewset_of
from masterdata.services.records import RECORDS

router = SimpleRouter()
for key, record in RECORDS.items():
    router.register(record.plural, viewset_of(key), basename=record.slug)

urlpatterns = router.urls
