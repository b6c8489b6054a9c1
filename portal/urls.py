"""Every URL of the portal: what the plug-ins bring, by dotted name."""

from django.urls import include, path

from portal import plugins

handler400 = "portal.home.errors.unreadable"
handler403 = "portal.home.errors.refused"
handler404 = "portal.home.errors.missing"
handler500 = "portal.home.errors.broken"

urlpatterns = [
    path(prefix, include(module)) for plugin in plugins.installed() for prefix, module in plugin.urls
]
