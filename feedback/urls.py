from django.urls import path

from feedback import api as endpoints
from feedback.views import console as staff
from feedback.views import portal as customers

console = [
    path("visits/", staff.visits, name="visits"),
    path("visits/<str:number>/", staff.visit, name="visit"),
    path("visits/<str:number>/attempt/", staff.log_attempt, name="visit-attempt"),
    path("visits/<str:number>/claim/", staff.claim, name="visit-claim"),
    path("visits/<str:number>/cancel/", staff.cancel, name="visit-cancel"),
    path("tickets/<str:number>/visits/", staff.of_ticket, name="ticket-visits"),
    path("surveys/", staff.answers, name="surveys"),
]

portal = [path("survey/<str:token>/", customers.survey, name="survey")]

api = [
    path("surveys/", endpoints.SurveyList.as_view(), name="surveys"),
    path("visits/", endpoints.VisitList.as_view(), name="visits"),
    path("visits/<str:number>/", endpoints.VisitDetail.as_view(), name="visit"),
    path("visits/<str:number>/attempt/", endpoints.LogAttempt.as_view(), name="visit-attempt"),
]
