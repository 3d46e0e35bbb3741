"""Pages of dunning."""

from django.urls import path

from finance.views import dunning as pages

urlpatterns = [
    path("dunning/", pages.DueLetters.as_view(), name="dunning"),
    path("dunning/letters/", pages.LetterList.as_view(), name="dunning-letter-list"),
    path("dunning/letters/<int:pk>/", pages.LetterDetail.as_view(), name="dunning-letter-detail"),
    path("dunning/letters/<int:pk>/send/", pages.SendLetter.as_view(), name="dunning-letter-send"),
    path("dunning/letters/<int:pk>/cancel/", pages.CancelLetter.as_view(), name="dunning-letter-cancel"),
    path("dunning/letters/<int:pk>/print/", pages.LetterPrint.as_view(), name="dunning-letter-print"),
    path("dunning/levels/", pages.LevelList.as_view(), name="dunning-level-list"),
    path("dunning/levels/new/", pages.LevelCreate.as_view(), name="dunning-level-create"),
    path("dunning/levels/<int:pk>/", pages.LevelEdit.as_view(), name="dunning-level-edit"),
    path("dunning/blocks/new/", pages.BlockCreate.as_view(), name="dunning-block"),
    path("dunning/blocks/<int:pk>/lift/", pages.LiftBlock.as_view(), name="dunning-lift"),
]
