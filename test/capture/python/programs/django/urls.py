from django.db import connection
from django.http import HttpResponse
from django.urls import path


def shown(request, number):  # @row GET shown/<int:number>/ | server | shown
    with connection.cursor() as cursor:
        cursor.execute("select 1")  # @row select | client | shown
    return HttpResponse("shown %d" % number)


urlpatterns = [path("shown/<int:number>/", shown)]
