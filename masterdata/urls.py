"""Pages of the app."""

from django.urls import path

from masterdata.views import calendars, labels, lookups, merging, places, quick, units
from masterdata.views.catalogue import CATALOGUE
from masterdata.views.partners import part_urls
from masterdata.views.records import urls_of

app_name = "masterdata"

urlpatterns = [
    path("items/lookup/", lookups.ItemLookup.as_view(), name="item-lookup"),
    path("items/stock-quantities/", units.StockQuantities.as_view(), name="stock-quantities"),
    path("items/labels/", labels.ItemLabels.as_view(), name="item-labels"),
    path("items/<int:pk>/labels/", labels.ItemLabels.as_view(), name="item-label"),
    path("locations/labels/", labels.PlaceLabels.as_view(), name="place-labels"),
    path("items/quick/", quick.QuickItem.as_view(), name="item-quick"),
    path("partners/lookup/", lookups.PartnerLookup.as_view(), name="partner-lookup"),
    path("partners/quick/", quick.QuickPartner.as_view(), name="partner-quick"),
    path("partners/<int:pk>/merge/", merging.MergePartners.as_view(), name="partner-merge"),
    path("partners/<int:pk>/unmerge/", merging.UnmergePartner.as_view(), name="partner-unmerge"),
    path("partners/duplicates/", lookups.PartnerDuplicates.as_view(), name="partner-duplicates"),
    path("work-calendars/<int:pk>/holidays/", calendars.LoadHolidays.as_view(), name="work-calendar-holidays"),
    path("warehouses/<int:pk>/places/new/", places.GenerateLocations.as_view(), name="warehouse-places"),
    path("warehouses/<int:warehouse_id>/labels/", places.LocationLabels.as_view(), name="warehouse-labels"),
    path("zones/<int:zone_id>/labels/", places.LocationLabels.as_view(), name="zone-labels"),
    path("locations/<int:id>/labels/", places.LocationLabels.as_view(), name="location-labels"),
    *part_urls(),
    *(route for pages in CATALOGUE for route in urls_of(pages)),
]
